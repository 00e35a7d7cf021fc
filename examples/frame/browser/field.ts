import { element } from './element.js'

export interface FieldInit {
  caption: string
  unit: string
  value: number
  min: number
  max: number
  step?: number
}

/** A number that the visitor chooses: written, or by a slider. */
export class Field {
  readonly element: HTMLLabelElement
  readonly #input: HTMLInputElement
  // No output, which would be what the label is for.
  readonly #shown = element('span', { className: 'shown', ariaHidden: 'true' })
  readonly #unit: string

  constructor (type: 'number' | 'range', { caption, unit, value, min, max, step = 1 }: FieldInit) {
    this.#unit = unit
    // The value comes last: a slider changes one that is not within its range.
    this.#input = element('input', { type, min: String(min), max: String(max), step: String(step), value: String(value) })
    this.#input.addEventListener('input', () => this.#show())
    this.element = element('label', { className: 'field' }, element('span', {}, caption, type === 'range' ? this.#shown : ` (${unit})`), this.#input)
    this.#show()
  }

  /** The nearest that is within the range. */
  get value (): number {
    const { value, min, max } = this.#input
    const nearest = Math.min(Math.max(Math.round(Number(value)), Number(min)), Number(max))
    if (String(nearest) !== value) this.#input.value = String(nearest)
    return nearest
  }

  limit (max: number): void {
    this.#input.max = String(max)
  }

  /** Calls it for each change until the signal aborts. */
  onInput (listener: () => void, signal: AbortSignal): void {
    this.#input.addEventListener('input', listener, { signal })
  }

  #show (): void {
    this.#shown.textContent = `${this.#input.value} ${this.#unit}`
  }
}

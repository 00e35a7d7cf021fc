import { Drawing } from './drawing.js'

const NOTHING = new Float32Array(4)

/** An oscilloscope. The wave begins where it rises through nothing, so that it stands still. */
export class Scope {
  readonly element: HTMLElement
  readonly #drawing: Drawing
  #samples = NOTHING

  constructor (name: string) {
    this.#drawing = new Drawing(name, (context, { width, height }) => {
      const start = findRise(this.#samples)
      const shown = this.#samples.length / 2
      context.strokeStyle = getComputedStyle(this.element).color
      context.lineWidth = 2
      context.beginPath()
      for (let index = 0; index < shown; index++) context.lineTo(index / (shown - 1) * width, (0.5 - 0.45 * this.#samples[start + index]!) * height)
      context.stroke()
    })
    this.element = this.#drawing.element
  }

  show (samples: Float32Array<ArrayBuffer>): void {
    this.#samples = samples
    this.#drawing.update()
  }

  clear (): void {
    this.show(NOTHING)
  }
}

/** In the first half; at its beginning where nothing rises. */
function findRise (samples: Float32Array): number {
  for (let index = 1; index < samples.length / 2; index++) {
    if (samples[index - 1]! < 0 && samples[index]! >= 0) return index
  }
  return 0
}

import { element } from './element.js'

const NOTHING = '–'

/** What the page measures, each with its name. */
export class Readings<Name extends string> {
  readonly element: HTMLDListElement
  readonly #values: Record<Name, HTMLElement>

  constructor (names: Record<Name, string>) {
    const entries = (Object.entries(names) as [Name, string][]).map(([name, text]) => ({ name, text, value: element('dd', { id: name, textContent: NOTHING }) }))
    this.#values = Object.fromEntries(entries.map(({ name, value }) => [name, value])) as Record<Name, HTMLElement>
    this.element = element('dl', { className: 'states readings' }, ...entries.map(({ text, value }) => element('div', {}, element('dt', {}, text), value)))
  }

  /** Those that are not named are not known. */
  show (texts: Partial<Record<Name, string>> = {}): void {
    for (const name of Object.keys(this.#values) as Name[]) this.#values[name].textContent = texts[name] ?? NOTHING
  }
}

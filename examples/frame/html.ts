/** Text that is HTML already. */
export class Html {
  readonly #text: string

  constructor (text: string) {
    this.#text = text
  }

  toString (): string {
    return this.#text
  }
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** A template of HTML, in which every value that is not HTML is text. */
export function html (strings: TemplateStringsArray, ...values: (string | Html | Html[])[]): Html {
  return new Html(String.raw({ raw: strings }, ...values.map(toHtml)))
}

function toHtml (value: string | Html | Html[]): string {
  if (Array.isArray(value)) return value.join('')
  return value instanceof Html ? value.toString() : value.replace(/[&<>"']/g, character => ENTITIES[character]!)
}

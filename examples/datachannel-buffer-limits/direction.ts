import { element } from '../frame/browser/element.js'
import { Readings } from '../frame/browser/readings.js'

/** What the page shows of the bytes that go one way. */
export class Direction {
  readonly element: HTMLElement
  readonly #progress: HTMLProgressElement
  readonly #readings: Readings<string>
  readonly #id: string
  #size = 0
  #start = 0

  constructor (id: string, name: string) {
    this.#id = id
    this.#progress = element('progress', { value: 0, ariaLabel: name })
    this.#readings = new Readings({ [`${id}-arrived`]: 'Arrived', [`${id}-speed`]: 'Speed', [`${id}-checksum`]: 'Checksum' })
    this.element = element('section', {}, element('h2', { textContent: name }), this.#progress, this.#readings.element)
  }

  begin (size: number): void {
    this.#size = size
    this.#start = performance.now()
    this.show(0)
  }

  show (arrived: number, checksum?: string): void {
    const seconds = (performance.now() - this.#start) / 1000
    this.#progress.value = arrived / this.#size
    this.#readings.show({
      [`${this.#id}-arrived`]: `${(arrived / 1e6).toFixed(1)} of ${this.#size / 1e6} MB`,
      [`${this.#id}-speed`]: `${Math.round(arrived * 8 / 1e6 / seconds)} Mbit/s`,
      [`${this.#id}-checksum`]: checksum
    })
  }

  /** The checksums of what was sent, and of what has arrived. */
  end (sent: number, arrived: number): void {
    const [here, there] = [sent, arrived].map(sum => sum.toString(16).padStart(8, '0'))
    this.show(this.#size, here === there ? `${here}, the same at both ends` : `${here} was sent, ${there} has arrived`)
  }

  clear (): void {
    this.#progress.value = 0
    this.#readings.show()
  }
}

const LOWEST = 20
const HIGHEST = 20000

/** A sine wave. Its frequency can be changed at any time without a click: the wave goes on from where it is. */
export class Tone {
  readonly #sampleRate: number
  #frequency = 0
  #phase = 0

  /** Throws a RangeError for a frequency that nobody hears. */
  constructor (frequency: number, sampleRate: number) {
    this.#sampleRate = sampleRate
    this.frequency = frequency
  }

  get frequency (): number {
    return this.#frequency
  }

  /** In Hz. */
  set frequency (frequency: number) {
    if (!(frequency >= LOWEST && frequency <= HIGHEST)) throw new RangeError(`expected a frequency from ${LOWEST} to ${HIGHEST}`)
    this.#frequency = frequency
  }

  /** The samples that come next, from -amplitude to amplitude. */
  read (samples: Float32Array, amplitude: number): void {
    const step = this.#frequency / this.#sampleRate
    for (let index = 0; index < samples.length; index++) {
      samples[index] = Math.sin(2 * Math.PI * this.#phase) * amplitude
      this.#phase = (this.#phase + step) % 1
    }
  }
}

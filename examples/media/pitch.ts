import { PitchDetector } from 'pitchy'

/** Below it, from 0 to 1, what is heard has no pitch. */
const MIN_CLARITY = 0.9

/** Finds the frequency of a tone. In the server as in a page. */
export class Pitch {
  readonly #detector: PitchDetector<Float32Array>
  readonly #sampleRate: number

  /** The more samples, the lower the tones that can be told: 2048 at 48000 Hz are enough for 50 Hz. */
  constructor (samples: number, sampleRate: number) {
    this.#detector = PitchDetector.forFloat32Array(samples)
    // Quieter than -50 dBFS is silence.
    this.#detector.minVolumeDecibels = -50
    this.#sampleRate = sampleRate
  }

  /** In Hz; undefined where there is no tone. */
  find (samples: Float32Array): number | undefined {
    const [pitch, clarity] = this.#detector.findPitch(samples, this.#sampleRate)
    return clarity >= MIN_CLARITY ? pitch : undefined
  }
}

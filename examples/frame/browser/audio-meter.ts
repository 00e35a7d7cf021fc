import { element } from './element.js'

/** A bar is as loud as this, and below it silent, in dBFS. */
const QUIETEST = -60

/** How loud something is. */
export class AudioMeter {
  readonly element: HTMLLabelElement
  readonly #meter = element('meter', { min: QUIETEST, max: 0, value: QUIETEST })

  constructor (caption: string) {
    this.element = element('label', { className: 'field' }, caption, this.#meter)
  }

  /** Shows the stream's sound until the signal aborts. */
  follow (stream: MediaStream, signal: AbortSignal): void {
    if (signal.aborted || stream.getAudioTracks().length === 0) return
    const context = new AudioContext()
    const analyser = context.createAnalyser()
    const samples = new Float32Array(analyser.fftSize)
    context.createMediaStreamSource(stream).connect(analyser)
    let frame = 0
    const update = () => {
      analyser.getFloatTimeDomainData(samples)
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length
      this.#meter.value = Math.max(QUIETEST, 10 * Math.log10(power))
      frame = requestAnimationFrame(update)
    }
    update()
    signal.addEventListener('abort', () => {
      cancelAnimationFrame(frame)
      context.close()
      this.#meter.value = QUIETEST
    })
  }
}

import { element } from './element.js'
import { onEachFrame } from './on-each-frame.js'
import { soundsOf } from './sound.js'

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
    const [sound] = soundsOf(stream, 1, signal)
    onEachFrame(() => {
      sound!.update()
      this.#meter.value = sound!.level
    }, signal)
    signal.addEventListener('abort', () => { this.#meter.value = QUIETEST })
  }
}

import { element } from './element.js'
import { soundsOf, type Sound } from './sound.js'

/** Plays what a peer sends. */
export class Listener {
  readonly element = element('audio', { controls: true, autoplay: true, ariaLabel: 'What the server sends' })

  /** Until the signal aborts; the channels are for the page to look at. */
  listen (track: MediaStreamTrack, channels: 1 | 2, signal: AbortSignal): Sound[] {
    const stream = new MediaStream([track])
    // Chromium has silence for everybody else unless an element plays it: https://crbug.com/933677
    this.element.srcObject = stream
    signal.addEventListener('abort', () => { this.element.srcObject = null })
    return soundsOf(stream, channels, signal)
  }
}

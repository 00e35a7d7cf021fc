import { type MediaDirection, receives, sends, toDirection } from './media-section.js'
import type { MediaStreamTrack } from './media-stream-track.js'
import type { MediaKind, RtpCodec } from './rtp-codec.js'
import type { RtpReceiver } from './rtp-receiver.js'
import type { RtpSender } from './rtp-sender.js'

/** W3C RTCRtpTransceiverDirection: https://www.w3.org/TR/webrtc/#rtcrtptransceiverdirection */
export type RtpTransceiverDirection = MediaDirection | 'stopped'

/** W3C RTCRtpTransceiverInit, of which there are no streams and no encodings here. */
export interface RtpTransceiverInit {
  /** Default `sendrecv`. */
  direction?: MediaDirection
}

/** A W3C RTCRtpTransceiver: https://www.w3.org/TR/webrtc/#rtcrtptransceiver-interface */
export class RtpTransceiver {
  readonly sender: RtpSender
  readonly receiver: RtpReceiver
  readonly #onChange: () => void
  #direction: MediaDirection
  #currentDirection: MediaDirection | null = null
  #mid: string | null = null
  #isStopping = false
  #isStopped = false
  #settled: MediaDirection | undefined
  #settledBefore: MediaDirection | undefined
  #isWanted = false

  /** @internal Applications make transceivers with PeerConnection.addTransceiver. */
  constructor (sender: RtpSender, receiver: RtpReceiver, direction: MediaDirection, onChange: () => void) {
    this.sender = sender
    this.receiver = receiver
    this.#direction = direction
    this.#onChange = onChange
  }

  /** What identifies its section in the descriptions; null until there is one. */
  get mid (): string | null {
    return this.#mid
  }

  /** What is wanted. To change it has the two ends negotiate. Throws a TypeError for what is no direction, and an InvalidStateError once it is stopped. */
  get direction (): RtpTransceiverDirection {
    return this.#isStopping ? 'stopped' : this.#direction
  }

  set direction (direction: MediaDirection) {
    if (this.#isStopping) throw new DOMException('direction: the transceiver is stopped', 'InvalidStateError')
    if (toDirection(sends(direction), receives(direction)) !== direction) throw new TypeError('direction: expected sendrecv, sendonly, recvonly or inactive')
    this.#isWanted = true
    this.#direction = direction
    this.#onChange()
  }

  /** What was negotiated; null until it was. */
  get currentDirection (): RtpTransceiverDirection | null {
    return this.#isStopped ? 'stopped' : this.#currentDirection
  }

  /** Ends it for both ends; its section is used again by the next one. Harmless when called again. */
  stop (): void {
    if (this.#isStopping) return
    this.#endMedia()
    this.#onChange()
  }

  /** @internal */
  get kind (): MediaKind {
    return this.receiver.track.kind
  }

  /** @internal Whether the application has stopped it, and the far end does not know yet. */
  get isStopping (): boolean {
    return this.#isStopping
  }

  /** @internal Whether the application has said that it has a use for what the far end offers. */
  get isWanted (): boolean {
    return this.#isWanted
  }

  /** @internal What is wanted, also when it is stopped. */
  get preferredDirection (): MediaDirection {
    return this.#direction
  }

  /** @internal RTCPeerConnection.addTrack has given it a track. */
  sendTrack (track: MediaStreamTrack): void {
    this.direction = toDirection(true, receives(this.#direction))
    this.sender.replaceTrack(track)
  }

  /** @internal Its section in a description of this end's; null when that is taken back. */
  associate (mid: string | null): void {
    this.#mid = mid
  }

  /** @internal What this end's description says is what the application wants. */
  settle (): void {
    this.#settledBefore = this.#settled
    this.#settled = this.#direction
  }

  /** @internal The description is taken back. */
  unsettle (): void {
    this.#settled = this.#settledBefore
  }

  /** @internal Whether the application wants something that no description says yet. */
  get needsNegotiation (): boolean {
    return this.#isStopping ? this.#mid !== null : this.#settled !== this.#direction
  }

  /** @internal Both ends agree; unless the application has stopped it since, of which the far end has yet to hear. */
  negotiated (direction: MediaDirection, codecs: readonly RtpCodec[]): void {
    if (this.#isStopping) return
    this.#currentDirection = direction
    this.sender.negotiated(codecs, sends(direction))
    this.receiver.negotiated(codecs, receives(direction))
  }

  /** @internal Both ends know that it has ended. */
  stopped (): void {
    this.#endMedia()
    this.#isStopped = true
    this.#mid = null
  }

  #endMedia (): void {
    this.#isStopping = true
    this.sender.end()
    this.receiver.end()
  }
}

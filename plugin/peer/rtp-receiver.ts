import { KEY_FRAME_INTERVAL, MediaStreamTrack } from './media-stream-track.js'
import { Reception } from './reception.js'
import type { ReportBlock } from './rtcp.js'
import type { MediaKind, RtpCodec } from './rtp-codec.js'
import type { RtpHeader } from './rtp-packet.js'
import type { ErrorHandler } from './safe-event-target.js'
import { Throttle } from './throttle.js'

/** A W3C RTCRtpReceiver: https://www.w3.org/TR/webrtc/#rtcrtpreceiver-interface */
export class RtpReceiver {
  readonly track: MediaStreamTrack
  readonly #keyFrames: Throttle
  #codecs: readonly RtpCodec[] = []
  #reception: Reception | undefined

  /** @internal */
  constructor (kind: MediaKind, onError: ErrorHandler, askForKeyFrame: (ssrc: number) => void) {
    this.#keyFrames = new Throttle(KEY_FRAME_INTERVAL, () => askForKeyFrame(this.#reception!.ssrc))
    this.track = new MediaStreamTrack(kind, {}, { onError, requestKeyFrame: () => this.requestKeyFrame() })
  }

  /** What was negotiated, the far end's preferred codec first. */
  getParameters (): { codecs: RtpCodec[] } {
    return { codecs: [...this.#codecs] }
  }

  /** Asks the far end for a picture that needs none before it; at most twice a second, and once it has sent something. */
  requestKeyFrame (): void {
    if (this.#reception && this.track.kind === 'video') this.#keyFrames.request()
  }

  /** @internal What was negotiated, if the far end may send. */
  negotiated (codecs: readonly RtpCodec[], isActive: boolean): void {
    this.#codecs = isActive ? codecs : []
    this.track.setMuted(!isActive)
  }

  /** @internal The source of what arrives; undefined until something has. */
  get ssrc (): number | undefined {
    return this.#reception?.ssrc
  }

  /** @internal Whether the source has changed. What no codec is negotiated for is dropped. */
  receive (packet: Buffer, header: RtpHeader, now: number): boolean {
    const codec = this.#codecs.find(({ payloadType }) => payloadType === header.payloadType)
    if (!codec) return false
    const isNew = this.#reception?.ssrc !== header.ssrc
    if (isNew) this.#reception = new Reception(header, codec.clockRate)
    this.#reception!.add(header, now)
    this.track.receive(packet, header, codec)
    return isNew
  }

  /** @internal */
  senderReported (ssrc: number, time: number, now: number): void {
    if (this.#reception?.ssrc === ssrc) this.#reception.senderReported(time, now)
  }

  /** @internal Undefined while nothing has arrived. */
  report (now: number): ReportBlock | undefined {
    return this.#reception?.report(now)
  }

  /** @internal Nothing arrives any more. */
  end (): void {
    this.#keyFrames.stop()
    this.#reception = undefined
    this.track.end()
  }
}

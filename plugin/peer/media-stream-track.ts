import { randomUUID } from 'node:crypto'
import { supportedCodec, type MediaKind, type RtpCodec } from './rtp-codec.js'
import { copyRtp, MAX_RTP_SIZE, readRtpHeader, type RtpHeader } from './rtp-packet.js'
import { SafeEventTarget, type ErrorHandler } from './safe-event-target.js'
import { Throttle } from './throttle.js'

/** Milliseconds between two requests for a key frame, however often one is asked for: each is many times as large as another frame. */
export const KEY_FRAME_INTERVAL = 500

export interface MediaStreamTrackEvent<Type extends string> {
  type: Type
  target: MediaStreamTrack
}

export interface MediaStreamTrackRtpEvent extends MediaStreamTrackEvent<'rtp'> {
  /** The packet as it arrived: RFC 3550, 5.1. */
  packet: ArrayBuffer
  /** What it is encoded with. */
  codec: RtpCodec
}

export interface MediaStreamTrackEventMap {
  rtp: MediaStreamTrackRtpEvent
  keyframerequest: MediaStreamTrackEvent<'keyframerequest'>
  mute: MediaStreamTrackEvent<'mute'>
  unmute: MediaStreamTrackEvent<'unmute'>
  ended: MediaStreamTrackEvent<'ended'>
}

/** @internal What sends on what a track has. Must not throw. */
export interface TrackSink {
  /** A packet without header extensions, into which each sink writes the numbers of its own before it sends it. */
  sendRtp (packet: Buffer, header: RtpHeader, codec: RtpCodec, now: number): void
}

/** @internal Of a track whose packets come from a far end. */
export interface RemoteSource {
  onError: ErrorHandler
  requestKeyFrame: () => void
}

export interface MediaStreamTrackInit {
  /** What the packets are encoded with. Default `audio/opus` or `video/VP8`. */
  mimeType?: string
}

/**
 * Audio or video as RTP: what a far end sends, or what the application makes. Either can be sent to any number of peers:
 * `transceiver.sender.replaceTrack(track)`.
 */
export class MediaStreamTrack extends SafeEventTarget<MediaStreamTrackEventMap> {
  readonly id = randomUUID()
  readonly kind: MediaKind

  onrtp: ((event: MediaStreamTrackEventMap['rtp']) => unknown) | null = null
  onkeyframerequest: ((event: MediaStreamTrackEventMap['keyframerequest']) => unknown) | null = null
  onmute: ((event: MediaStreamTrackEventMap['mute']) => unknown) | null = null
  onunmute: ((event: MediaStreamTrackEventMap['unmute']) => unknown) | null = null
  onended: ((event: MediaStreamTrackEventMap['ended']) => unknown) | null = null

  readonly #codec: RtpCodec
  readonly #source: RemoteSource | undefined
  readonly #sinks = new Set<TrackSink>()
  /** Of a track of the application's own; the receiver has that of a far end's. */
  readonly #keyFrames = new Throttle(KEY_FRAME_INTERVAL, () => this.dispatch({ type: 'keyframerequest', target: this }))
  #readyState: 'live' | 'ended' = 'live'
  #muted: boolean

  /** A track of the application's own; `writeRtp` sends on it. Throws a TypeError for a kind or a codec that is not known. */
  constructor (kind: MediaKind, init?: MediaStreamTrackInit)
  /** @internal */
  constructor (kind: MediaKind, init: MediaStreamTrackInit, source: RemoteSource)
  constructor (kind: MediaKind, { mimeType }: MediaStreamTrackInit = {}, source?: RemoteSource) {
    super(source?.onError ?? warn)
    if (kind !== 'audio' && kind !== 'video') throw new TypeError('MediaStreamTrack: expected audio or video, found another kind')
    this.kind = kind
    this.#codec = supportedCodec(kind, mimeType)
    this.#source = source
    this.#muted = source !== undefined
  }

  get readyState (): 'live' | 'ended' {
    return this.#readyState
  }

  /** Whether the far end sends nothing on it, as things were negotiated. */
  get muted (): boolean {
    return this.#muted
  }

  /**
   * Sends an RTP packet to every peer that the track is sent to. Its payload type, SSRC, sequence number and timestamp are
   * adapted to each; sequence numbers and timestamps should go on as RFC 3550 says. Throws a TypeError for what is no
   * packet of at most 1440 bytes, and an InvalidStateError for a track of a far end, or one that has ended.
   */
  writeRtp (packet: ArrayBuffer | ArrayBufferView): void {
    if (this.#source || this.#readyState === 'ended') throw new DOMException(`writeRtp: expected a track of the application's own that is live, found ${this.#source ? "a far end's" : 'one that has ended'}`, 'InvalidStateError')
    const bytes = toBuffer(packet)
    const header = bytes && bytes.length <= MAX_RTP_SIZE ? readRtpHeader(bytes) : undefined
    if (!bytes || !header) throw new TypeError(`writeRtp: expected an RTP packet of at most ${MAX_RTP_SIZE} bytes`)
    if (this.#sinks.size > 0) this.#send(copyRtp(bytes, header), header, this.#codec)
  }

  /** Asks whoever makes the packets for a key frame: the far end, or the application by the event `keyframerequest`; at most twice a second. Harmless for audio. */
  requestKeyFrame (): void {
    if (this.kind !== 'video' || this.#readyState === 'ended') return
    if (this.#source) this.#source.requestKeyFrame()
    else this.#keyFrames.request()
  }

  /** Ends the track: nothing is sent on it any more. Of a far end's this ends this end's use of it alone. Harmless when called again. */
  stop (): void {
    this.#readyState = 'ended'
    this.#keyFrames.stop()
    this.#sinks.clear()
  }

  /** @internal A packet of the far end's. */
  receive (packet: Buffer, header: RtpHeader, codec: RtpCodec): void {
    if (this.#readyState === 'ended') return
    const isHeard = this.hasListeners('rtp')
    // What nobody else gets need not be copied, unless something is to be left out.
    if (this.#sinks.size > 0) this.#send(isHeard || header.payload > header.size ? copyRtp(packet, header) : packet, header, codec)
    if (isHeard) this.dispatch({ type: 'rtp', target: this, packet: toArrayBuffer(packet), codec })
  }

  /** @internal */
  addSink (sink: TrackSink): void {
    if (this.#readyState === 'live') this.#sinks.add(sink)
  }

  /** @internal */
  removeSink (sink: TrackSink): void {
    this.#sinks.delete(sink)
  }

  /** @internal */
  setMuted (muted: boolean): void {
    if (muted === this.#muted || this.#readyState === 'ended') return
    this.#muted = muted
    this.dispatch({ type: muted ? 'mute' : 'unmute', target: this })
  }

  /** @internal The far end's has come to its end. */
  end (): void {
    if (this.#readyState === 'ended') return
    this.stop()
    this.dispatch({ type: 'ended', target: this })
  }

  #send (packet: Buffer, header: RtpHeader, codec: RtpCodec): void {
    const now = performance.now()
    for (const sink of this.#sinks) sink.sendRtp(packet, header, codec, now)
  }
}

/** The library's buffers share their memory with no others. */
function toArrayBuffer ({ buffer, byteOffset, byteLength }: Buffer): ArrayBuffer {
  return (buffer.byteLength === byteLength ? buffer : buffer.slice(byteOffset, byteOffset + byteLength)) as ArrayBuffer
}

function toBuffer (packet: unknown): Buffer | undefined {
  if (ArrayBuffer.isView(packet)) return Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength)
  return packet instanceof ArrayBuffer ? Buffer.from(packet) : undefined
}

/** A track of the application's own belongs to no connection that would have to close. */
function warn (error: unknown, where: string): void {
  process.emitWarning(`a listener of ${where} failed: ${error instanceof Error ? error.message : error}`)
}

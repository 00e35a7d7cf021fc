import { randomInt, randomUUID } from 'node:crypto'
import type { SentMedia } from './media-section.js'
import type { MediaStreamTrack } from './media-stream-track.js'
import { senderReport, sourceDescription } from './rtcp.js'
import { isSameCodec, type MediaKind, type RtpCodec } from './rtp-codec.js'
import { renumberRtp, type RtpHeader } from './rtp-packet.js'
import { SentPackets } from './sent-packets.js'
import { TokenBucket } from './token-bucket.js'

/** How many packets a far end that has lost some may have again in a second. */
const REPEATS_PER_SECOND = 500

/** The packets of one source follow each other; those of the next go on where it ended. */
interface Source {
  ssrc: number
  /** What its numbers differ by from those that are sent. */
  sequenceNumber: number
  timestamp: number
}

/** What a packet is encoded with, and what the far end calls that, if it can decode it. */
interface Translation {
  from: RtpCodec
  to: RtpCodec | undefined
  /** Whether the far end says what it has lost. */
  hasNack: boolean
}

/** A W3C RTCRtpSender: https://www.w3.org/TR/webrtc/#rtcrtpsender-interface */
export class RtpSender {
  readonly #kind: MediaKind
  readonly #send: (packet: Buffer) => boolean
  readonly #sent: SentMedia
  readonly #repeats = new TokenBucket(REPEATS_PER_SECOND, performance.now())
  readonly #history = new SentPackets()
  #track: MediaStreamTrack | null = null
  #codecs: readonly RtpCodec[] = []
  #translation: Translation | undefined
  #isActive = false
  #source: Source | undefined
  #sequenceNumber = randomInt(0x8000)
  #timestamp = randomInt(2 ** 31)
  #clockRate = 0
  #sentAt = 0
  #packets = 0
  #octets = 0

  /** @internal `send` sends a packet; false when it could not. */
  constructor (kind: MediaKind, { cname, streamId }: Pick<SentMedia, 'cname' | 'streamId'>, send: (packet: Buffer) => boolean) {
    this.#kind = kind
    this.#send = send
    this.#sent = { ssrc: randomInt(1, 2 ** 32), cname, streamId, trackId: randomUUID() }
  }

  get track (): MediaStreamTrack | null {
    return this.#track
  }

  /**
   * Sends another track, a far end's or the application's own, or none; needs no negotiation. Takes effect at once. Throws a
   * TypeError for a track of another kind.
   */
  replaceTrack (track: MediaStreamTrack | null): Promise<void> {
    if (track !== null && track?.kind !== this.#kind) throw new TypeError(`replaceTrack: expected a track of ${this.#kind}, or null`)
    if (track !== this.#track) {
      this.#track?.removeSink(this)
      this.#track = track
      this.#source = undefined
      this.#start()
    }
    return Promise.resolve()
  }

  /** What was negotiated, the far end's preferred codec first. */
  getParameters (): { codecs: RtpCodec[] } {
    return { codecs: [...this.#codecs] }
  }

  /** @internal What the description says of it. */
  get sent (): SentMedia {
    return this.#sent
  }

  /** @internal What was negotiated, and whether it may send. */
  negotiated (codecs: readonly RtpCodec[], isActive: boolean): void {
    this.#codecs = codecs
    this.#translation = undefined
    const hasChanged = isActive !== this.#isActive
    this.#isActive = isActive
    if (hasChanged) this.#start()
  }

  /** @internal What the track has, under this sender's own numbers. What the far end cannot decode is dropped. */
  sendRtp (packet: Buffer, header: RtpHeader, from: RtpCodec, now: number): void {
    const { to: codec, hasNack } = this.#translate(from)
    if (!codec) return
    if (this.#source?.ssrc !== header.ssrc) this.#continueWith(header, from.clockRate, now)
    const sequenceNumber = (header.sequenceNumber + this.#source!.sequenceNumber) & 0xffff
    const timestamp = (header.timestamp + this.#source!.timestamp) >>> 0
    const numbers = { payloadType: codec.payloadType, sequenceNumber, timestamp, ssrc: this.#sent.ssrc }
    renumberRtp(packet, numbers)
    if (!this.#send(packet)) return
    if (hasNack) this.#history.add(packet, numbers)
    this.#packets++
    this.#octets += packet.length - header.size
    if (((sequenceNumber - this.#sequenceNumber) & 0xffff) < 0x8000) {
      this.#sequenceNumber = sequenceNumber
      this.#timestamp = timestamp
      this.#sentAt = now
    }
  }

  /** @internal Packets that the far end has lost. */
  repeat (sequenceNumbers: readonly number[], now: number): void {
    for (const sequenceNumber of sequenceNumbers) {
      const sent = this.#history.find(sequenceNumber)
      if (!sent) continue
      if (!this.#repeats.take(1, now)) return
      renumberRtp(sent.packet, sent.numbers)
      this.#send(sent.packet)
    }
  }

  /** @internal What the far end needs to play audio and video together: RFC 3550, 6.4.1. Undefined while nothing is sent. */
  report (now: number): Buffer | undefined {
    if (!this.#isActive || this.#packets === 0) return undefined
    const { ssrc, cname } = this.#sent
    const timestamp = (this.#timestamp + Math.round((now - this.#sentAt) / 1000 * this.#clockRate)) >>> 0
    return Buffer.concat([senderReport({ ssrc, now: performance.timeOrigin + now, timestamp, packets: this.#packets, octets: this.#octets }), sourceDescription(ssrc, cname)])
  }

  /** @internal Nothing is sent any more. */
  end (): void {
    this.negotiated([], false)
    this.#history.clear()
  }

  /** That of the last packet is that of most others. */
  #translate (from: RtpCodec): Translation {
    if (from === this.#translation?.from) return this.#translation
    const to = this.#codecs.find(codec => isSameCodec(codec, from))
    this.#translation = { from, to, hasNack: to?.feedback.includes('nack') === true }
    return this.#translation
  }

  #start (): void {
    this.#track?.removeSink(this)
    if (!this.#isActive || !this.#track) return
    this.#track.addSink(this)
    // Whoever joins can see nothing before the next one.
    this.#track.requestKeyFrame()
  }

  #continueWith ({ ssrc, sequenceNumber, timestamp }: RtpHeader, clockRate: number, now: number): void {
    const elapsed = this.#clockRate === 0 ? 0 : Math.max(1, Math.round((now - this.#sentAt) / 1000 * clockRate))
    this.#clockRate = clockRate
    this.#source = {
      ssrc,
      sequenceNumber: (this.#sequenceNumber + 1 - sequenceNumber) & 0xffff,
      timestamp: (this.#timestamp + elapsed - timestamp) >>> 0
    }
  }
}

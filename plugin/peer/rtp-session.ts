import { randomInt } from 'node:crypto'
import { receives } from './media-section.js'
import { MAX_REPORT_BLOCKS, maximumBitrate, parseRtcp, pictureLossIndication, receiverReport } from './rtcp.js'
import type { RtpHeader } from './rtp-packet.js'
import type { RtpReceiver } from './rtp-receiver.js'
import type { RtpTransceiver } from './rtp-transceiver.js'

/** Milliseconds between reports. */
const REPORT_INTERVAL = 1000

/** Milliseconds between two reports, however often somebody new begins to send. */
const MIN_REPORT_INTERVAL = 100

export interface RtpSessionInit {
  /** Bits a second that the far end may send. */
  maxBitrate: number
  transceivers: () => readonly RtpTransceiver[]
  send: (packet: Buffer) => boolean
}

/** What two ends say to each other in RTP and RTCP (RFC 3550, 3): finds out whom a packet is for, and reports. */
export class RtpSession {
  readonly #init: RtpSessionInit
  readonly #ssrc = randomInt(1, 2 ** 32)
  #receivers = new Map<number, RtpReceiver>()
  #timer: NodeJS.Timeout | undefined
  #reportedAt = -Infinity

  constructor (init: RtpSessionInit) {
    this.#init = init
  }

  /** Begins to report. */
  start (): void {
    this.#timer ??= setInterval(() => this.#report(performance.now()), REPORT_INTERVAL).unref()
  }

  close (): void {
    clearInterval(this.#timer)
    this.#receivers.clear()
  }

  /** Who the sources are that the far end's description names. */
  describe (receivers: Map<number, RtpReceiver>): void {
    this.#receivers = receivers
  }

  receive (packet: Buffer, header: RtpHeader): void {
    const now = performance.now()
    const isNew = this.#find(header)?.receive(packet, header, now)
    // Chromium takes what it is allowed at once, if it learns of it in its first two seconds.
    if (isNew && now - this.#reportedAt >= MIN_REPORT_INTERVAL) this.#report(now)
  }

  receiveRtcp (packet: Buffer): void {
    const now = performance.now()
    for (const message of parseRtcp(packet)) {
      const { ssrc } = message
      if (message.type === 'sender-report') {
        for (const { receiver } of this.#init.transceivers()) receiver.senderReported(ssrc, message.time, now)
        continue
      }
      const sender = this.#init.transceivers().find(({ sender }) => sender.sent.ssrc === ssrc)?.sender
      if (message.type === 'key-frame-request') sender?.track?.requestKeyFrame()
      else sender?.repeat(message.sequenceNumbers, now)
    }
  }

  askForKeyFrame (ssrc: number): void {
    this.#init.send(pictureLossIndication(this.#ssrc, ssrc))
  }

  /** RFC 9143, 9.2: by the source, or by the payload type where only one can be meant. */
  #find ({ ssrc, payloadType }: RtpHeader): RtpReceiver | undefined {
    const known = this.#receivers.get(ssrc)
    if (known) return known
    const [one, other] = this.#init.transceivers()
      .filter(({ currentDirection, receiver }) => currentDirection !== null && currentDirection !== 'stopped' && receives(currentDirection) && receiver.getParameters().codecs.some(codec => codec.payloadType === payloadType))
    return other ? undefined : one?.receiver
  }

  #report (now: number): void {
    this.#reportedAt = now
    const { transceivers, send, maxBitrate } = this.#init
    const all = transceivers()
    for (const { sender } of all) {
      const report = sender.report(now)
      if (report) send(report)
    }
    const blocks = all.flatMap(({ receiver }) => receiver.report(now) ?? [])
    if (blocks.length === 0) return
    const video = all.filter(({ kind }) => kind === 'video').map(({ receiver }) => receiver.ssrc).filter(ssrc => ssrc !== undefined)
    send(Buffer.concat([
      receiverReport(this.#ssrc, blocks.slice(0, MAX_REPORT_BLOCKS)),
      ...video.length > 0 ? [maximumBitrate(this.#ssrc, maxBitrate, video)] : []
    ]))
  }
}

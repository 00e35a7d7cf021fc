import type { ReportBlock } from './rtcp.js'
import type { RtpHeader } from './rtp-packet.js'

/** What arrives of one source, as its reports have it: RFC 3550, A.1, A.3 and A.8. */
export class Reception {
  readonly ssrc: number
  readonly #clockRate: number
  readonly #first: number
  #highest: number
  #received = 0
  #expectedBefore = 0
  #receivedBefore = 0
  #transit: number | undefined
  #jitter = 0
  #senderReport = 0
  #senderReportAt = 0

  constructor ({ ssrc, sequenceNumber }: Pick<RtpHeader, 'ssrc' | 'sequenceNumber'>, clockRate: number) {
    this.ssrc = ssrc
    this.#clockRate = clockRate
    this.#first = this.#highest = sequenceNumber
  }

  /** `now` is in milliseconds. */
  add ({ sequenceNumber, timestamp }: Pick<RtpHeader, 'sequenceNumber' | 'timestamp'>, now: number): void {
    this.#received++
    const ahead = (sequenceNumber - this.#highest) & 0xffff
    if (ahead < 0x8000) this.#highest += ahead
    // Modulo what the timestamps are, that a wrap does not count as jitter.
    const transit = (Math.round(now / 1000 * this.#clockRate) - timestamp) | 0
    if (this.#transit !== undefined) this.#jitter += (Math.abs((transit - this.#transit) | 0) - this.#jitter) / 16
    this.#transit = transit
  }

  senderReported (time: number, now: number): void {
    this.#senderReport = time
    this.#senderReportAt = now
  }

  /** Since the last one. */
  report (now: number): ReportBlock {
    const expected = this.#highest - this.#first + 1
    const [expectedSince, receivedSince] = [expected - this.#expectedBefore, this.#received - this.#receivedBefore]
    this.#expectedBefore = expected
    this.#receivedBefore = this.#received
    const lostSince = Math.max(0, expectedSince - receivedSince)
    return {
      ssrc: this.ssrc,
      fractionLost: expectedSince > 0 ? Math.min(255, Math.floor(lostSince * 256 / expectedSince)) : 0,
      lost: Math.max(-0x800000, Math.min(0x7fffff, expected - this.#received)),
      highestSequenceNumber: this.#highest % 2 ** 32,
      jitter: Math.min(0xffffffff, Math.floor(this.#jitter)),
      lastSenderReport: this.#senderReport,
      delay: this.#senderReport === 0 ? 0 : (now - this.#senderReportAt) / 1000
    }
  }
}

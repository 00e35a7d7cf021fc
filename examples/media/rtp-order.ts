import { sequenceNumbersBetween, type RtpPacket } from './rtp-packet.js'

export interface OrderedPacket {
  packet: RtpPacket
  /** Whether the one before it is missing for good, or of another source. */
  isAfterGap: boolean
}

/** Puts the packets of a source in the order in which they were sent, each once. */
export class RtpOrder {
  readonly #waiting = new Map<number, RtpPacket>()
  readonly #patience: number
  #ssrc: number | undefined
  #next = 0
  #isAfterGap = false

  /** How many packets may have overtaken one before it is given up. Default 64. */
  constructor (patience = 64) {
    this.#patience = patience
  }

  /** Those whose turn has come with this one. */
  push (packet: RtpPacket): OrderedPacket[] {
    if (packet.ssrc !== this.#ssrc) this.#begin(packet)
    if (sequenceNumbersBetween(this.#next, packet.sequenceNumber) < 0) return []
    this.#waiting.set(packet.sequenceNumber, packet)
    if (this.#waiting.size > this.#patience && !this.#waiting.has(this.#next)) this.#skip()
    const ordered: OrderedPacket[] = []
    for (let next = this.#waiting.get(this.#next); next; next = this.#waiting.get(this.#next)) {
      this.#waiting.delete(this.#next)
      ordered.push({ packet: next, isAfterGap: this.#isAfterGap })
      this.#isAfterGap = false
      this.#next = (this.#next + 1) & 0xffff
    }
    return ordered
  }

  #begin ({ ssrc, sequenceNumber }: RtpPacket): void {
    this.#isAfterGap = this.#ssrc !== undefined
    this.#ssrc = ssrc
    this.#next = sequenceNumber
    this.#waiting.clear()
  }

  #skip (): void {
    const [nearest] = [...this.#waiting.keys()].sort((one, other) => sequenceNumbersBetween(this.#next, one) - sequenceNumbersBetween(this.#next, other))
    this.#next = nearest!
    this.#isAfterGap = true
  }
}

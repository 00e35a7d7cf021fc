import type { RtpNumbers } from './rtp-packet.js'

/** How many are kept for a far end that has lost one. */
const COUNT = 512

/** How many numbers there are to each. */
const FIELDS = 4

/** The last packets that were sent. They are those of all senders of a track, and so have the numbers of who has sent them last: its own are kept beside. */
export class SentPackets {
  readonly #packets = new Array<Buffer | undefined>(COUNT)
  /** An object for each packet of each viewer would cost as much as to write the packet. */
  #numbers: Uint32Array | undefined

  add (packet: Buffer, { payloadType, sequenceNumber, timestamp, ssrc }: RtpNumbers): void {
    const numbers = this.#numbers ??= new Uint32Array(COUNT * FIELDS)
    const index = sequenceNumber % COUNT
    this.#packets[index] = packet
    numbers[index * FIELDS] = payloadType
    numbers[index * FIELDS + 1] = sequenceNumber
    numbers[index * FIELDS + 2] = timestamp
    numbers[index * FIELDS + 3] = ssrc
  }

  find (sequenceNumber: number): { packet: Buffer, numbers: RtpNumbers } | undefined {
    const index = sequenceNumber % COUNT
    const packet = this.#packets[index]
    if (!packet) return undefined
    const [payloadType, sent, timestamp, ssrc] = this.#numbers!.subarray(index * FIELDS) as unknown as [number, number, number, number]
    return sent === sequenceNumber ? { packet, numbers: { payloadType, sequenceNumber, timestamp, ssrc } } : undefined
  }

  clear (): void {
    this.#packets.fill(undefined)
  }
}

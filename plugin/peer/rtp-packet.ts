/** The first bytes of every RTP header: RFC 3550, 5.1. */
const FIXED_HEADER_SIZE = 12

/** As large as a packet may be; what leaves has SRTP's 14 bytes more, and has to fit into a datagram that is not divided. */
export const MAX_RTP_SIZE = 1440

export interface RtpHeader {
  payloadType: number
  sequenceNumber: number
  timestamp: number
  ssrc: number
  /** Bytes of the header without its extension. */
  size: number
  /** Where the payload begins. */
  payload: number
}

/** What a packet gets in the place of what it had. */
export type RtpNumbers = Pick<RtpHeader, 'payloadType' | 'sequenceNumber' | 'timestamp' | 'ssrc'>

/** RTCP shares the transport, and is told by its type: RFC 5761, 4. */
export function isRtcp (packet: Buffer): boolean {
  const type = packet[1] ?? 0
  return type >= 192 && type <= 223
}

/** Undefined for what is no RTP packet. */
export function readRtpHeader (packet: Buffer): RtpHeader | undefined {
  if (packet.length < FIXED_HEADER_SIZE) return undefined
  const first = packet[0]!
  if (first >> 6 !== 2) return undefined
  const size = FIXED_HEADER_SIZE + (first & 0x0f) * 4
  let payload = size
  if (first & 0x10) {
    if (packet.length < size + 4) return undefined
    payload += 4 + packet.readUInt16BE(size + 2) * 4
  }
  if (payload > packet.length) return undefined
  return { payloadType: packet[1]! & 0x7f, sequenceNumber: packet.readUInt16BE(2), timestamp: packet.readUInt32BE(4), ssrc: packet.readUInt32BE(8), size, payload }
}

/** A copy without header extensions, of which each pair of ends negotiates its own. */
export function copyRtp (packet: Buffer, { size, payload }: RtpHeader): Buffer {
  const copy = Buffer.allocUnsafe(size + packet.length - payload)
  packet.copy(copy, 0, 0, size)
  packet.copy(copy, size, payload)
  copy[0] = packet[0]! & 0xef
  return copy
}

export function renumberRtp (packet: Buffer, { payloadType, sequenceNumber, timestamp, ssrc }: RtpNumbers): void {
  packet[1] = (packet[1]! & 0x80) | payloadType
  packet.writeUInt16BE(sequenceNumber, 2)
  packet.writeUInt32BE(timestamp, 4)
  packet.writeUInt32BE(ssrc, 8)
}

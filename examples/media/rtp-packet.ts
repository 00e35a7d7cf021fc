/** RFC 3550, 5.1. */
export interface RtpPacket {
  payloadType: number
  /** Of video: the last packet of a picture. Of audio: the first after a silence. */
  marker: boolean
  sequenceNumber: number
  timestamp: number
  ssrc: number
  payload: Uint8Array
}

const HEADER_SIZE = 12

/** Undefined for what is no RTP packet. The payload is a part of it, not a copy. */
export function readRtpPacket (packet: ArrayBuffer | Uint8Array): RtpPacket | undefined {
  const bytes = packet instanceof Uint8Array ? packet : new Uint8Array(packet)
  const [first = 0, second = 0] = bytes
  if (bytes.length < HEADER_SIZE || first >> 6 !== 2) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let start = HEADER_SIZE + (first & 0x0f) * 4
  if (first & 0x10) start += start + 4 <= bytes.length ? 4 + view.getUint16(start + 2) * 4 : bytes.length
  const end = bytes.length - (first & 0x20 ? bytes.at(-1)! : 0)
  if (start > end) return undefined
  return {
    payloadType: second & 0x7f,
    marker: second >> 7 === 1,
    sequenceNumber: view.getUint16(2),
    timestamp: view.getUint32(4),
    ssrc: view.getUint32(8),
    payload: bytes.subarray(start, end)
  }
}

export function writeRtpPacket ({ payloadType, marker, sequenceNumber, timestamp, ssrc, payload }: RtpPacket): Uint8Array {
  const bytes = new Uint8Array(HEADER_SIZE + payload.length)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, 0x80)
  view.setUint8(1, (marker ? 0x80 : 0) | payloadType)
  view.setUint16(2, sequenceNumber)
  view.setUint32(4, timestamp)
  view.setUint32(8, ssrc)
  bytes.set(payload, HEADER_SIZE)
  return bytes
}

/** How far the one is after the other, negative when it is before: sequence numbers begin again after 65535. */
export function sequenceNumbersBetween (earlier: number, later: number): number {
  return (later - earlier) << 16 >> 16
}

/** How far the one is after the other, negative when it is before: timestamps begin again after 2 ** 32 - 1. */
export function timestampsBetween (earlier: number, later: number): number {
  return (later - earlier) | 0
}

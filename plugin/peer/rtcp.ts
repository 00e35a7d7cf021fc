/** What is used of what the far end says in RTCP. */
export type RtcpMessage =
  /** RFC 3550, 6.4.1. `time` is the middle of its NTP timestamp, by which a report says which one it has seen. */
  | { type: 'sender-report', ssrc: number, time: number }
  /** RFC 4585, 6.3.1, and RFC 5104, 4.3.1: of the media that this end sends under `ssrc`. */
  | { type: 'key-frame-request', ssrc: number }
  /** RFC 4585, 6.2.1: packets that did not arrive. */
  | { type: 'lost', ssrc: number, sequenceNumbers: number[] }

/** RFC 3550, 6.4.1. */
export interface ReportBlock {
  ssrc: number
  fractionLost: number
  lost: number
  highestSequenceNumber: number
  jitter: number
  lastSenderReport: number
  /** In seconds. */
  delay: number
}

export interface SenderReport {
  ssrc: number
  /** Milliseconds since 1970. */
  now: number
  timestamp: number
  packets: number
  octets: number
}

const HEADER_SIZE = 8
const SENDER_REPORT = 200
const RECEIVER_REPORT = 201
const SOURCE_DESCRIPTION = 202
const TRANSPORT_FEEDBACK = 205
const PAYLOAD_FEEDBACK = 206
const GENERIC_NACK = 1
const PICTURE_LOSS = 1
const FULL_INTRA_REQUEST = 4
const APPLICATION_LAYER = 15

/** How many blocks one report has room for. */
export const MAX_REPORT_BLOCKS = 31

/** How many packets one message may say to be lost: as many as a sender keeps. */
const MAX_LOST = 512

/** From 1900, when NTP begins, to 1970, in seconds. */
const NTP_EPOCH = 2208988800

/** What a compound packet says, as far as it can be read. */
export function parseRtcp (packet: Buffer): RtcpMessage[] {
  const messages: RtcpMessage[] = []
  let offset = 0
  while (offset + HEADER_SIZE <= packet.length) {
    const size = (packet.readUInt16BE(offset + 2) + 1) * 4
    if (packet[offset]! >> 6 !== 2 || size < HEADER_SIZE || offset + size > packet.length) break
    messages.push(...parseOne(packet.subarray(offset, offset + size)))
    offset += size
  }
  return messages
}

export function receiverReport (ssrc: number, blocks: readonly ReportBlock[]): Buffer {
  const report = header(RECEIVER_REPORT, blocks.length, ssrc, blocks.length * 24)
  blocks.forEach(({ ssrc, fractionLost, lost, highestSequenceNumber, jitter, lastSenderReport, delay }, index) => {
    const at = HEADER_SIZE + index * 24
    report.writeUInt32BE(ssrc, at)
    report.writeUInt8(fractionLost, at + 4)
    report.writeIntBE(lost, at + 5, 3)
    report.writeUInt32BE(highestSequenceNumber, at + 8)
    report.writeUInt32BE(jitter, at + 12)
    report.writeUInt32BE(lastSenderReport, at + 16)
    report.writeUInt32BE(Math.min(Math.round(delay * 65536), 0xffffffff), at + 20)
  })
  return report
}

export function senderReport ({ ssrc, now, timestamp, packets, octets }: SenderReport): Buffer {
  const report = header(SENDER_REPORT, 0, ssrc, 20)
  report.writeUInt32BE((Math.floor(now / 1000) + NTP_EPOCH) % 2 ** 32, 8)
  report.writeUInt32BE(Math.floor(now % 1000 / 1000 * 2 ** 32), 12)
  report.writeUInt32BE(timestamp, 16)
  report.writeUInt32BE(packets % 2 ** 32, 20)
  report.writeUInt32BE(octets % 2 ** 32, 24)
  return report
}

/** RFC 3550, 6.5: whose media it is. */
export function sourceDescription (ssrc: number, cname: string): Buffer {
  // The list of items ends with a zero, and its words are full.
  const size = Math.ceil((2 + cname.length + 1) / 4) * 4
  const description = header(SOURCE_DESCRIPTION, 1, ssrc, size)
  description.writeUInt8(1, 8)
  description.writeUInt8(cname.length, 9)
  description.write(cname, 10, 'latin1')
  return description
}

/** RFC 4585, 6.3.1: asks for a key frame. */
export function pictureLossIndication (ssrc: number, media: number): Buffer {
  const indication = header(PAYLOAD_FEEDBACK, PICTURE_LOSS, ssrc, 4)
  indication.writeUInt32BE(media, 8)
  return indication
}

/** draft-alvestrand-rmcat-remb-03, 2: how many bits a second the far end may send in all. */
export function maximumBitrate (ssrc: number, bitrate: number, media: readonly number[]): Buffer {
  const message = header(PAYLOAD_FEEDBACK, APPLICATION_LAYER, ssrc, 12 + media.length * 4)
  const exponent = Math.max(0, Math.ceil(Math.log2((bitrate + 1) / 2 ** 18)))
  message.write('REMB', 12, 'latin1')
  message.writeUInt32BE(media.length * 2 ** 24 + exponent * 2 ** 18 + Math.floor(bitrate / 2 ** exponent), 16)
  media.forEach((ssrc, index) => message.writeUInt32BE(ssrc, 20 + index * 4))
  return message
}

function parseOne (packet: Buffer): RtcpMessage[] {
  const [first = 0, type] = packet
  const format = first & 0x1f
  if (type === SENDER_REPORT && packet.length >= 28) return [{ type: 'sender-report', ssrc: packet.readUInt32BE(4), time: packet.readUInt32BE(10) }]
  if (packet.length < 12) return []
  const ssrc = packet.readUInt32BE(8)
  if (type === PAYLOAD_FEEDBACK && format === PICTURE_LOSS) return [{ type: 'key-frame-request', ssrc }]
  if (type === PAYLOAD_FEEDBACK && format === FULL_INTRA_REQUEST) return Array.from({ length: Math.floor((packet.length - 12) / 8) }, (_, index) => ({ type: 'key-frame-request', ssrc: packet.readUInt32BE(12 + index * 8) }))
  if (type === TRANSPORT_FEEDBACK && format === GENERIC_NACK) return [{ type: 'lost', ssrc, sequenceNumbers: lostIn(packet) }]
  return []
}

/** Each entry names a packet, and has a bit for each of the 16 after it. A loop, since a packet may have thousands. */
function lostIn (packet: Buffer): number[] {
  const lost: number[] = []
  for (let at = 12; at + 4 <= packet.length && lost.length < MAX_LOST; at += 4) {
    const first = packet.readUInt16BE(at)
    lost.push(first)
    for (let mask = packet.readUInt16BE(at + 2), after = 1; mask > 0; mask >>= 1, after++) if (mask & 1) lost.push((first + after) & 0xffff)
  }
  return lost
}

function header (type: number, count: number, ssrc: number, size: number): Buffer {
  const packet = Buffer.alloc(HEADER_SIZE + size)
  packet.writeUInt8(0x80 | count, 0)
  packet.writeUInt8(type, 1)
  packet.writeUInt16BE(packet.length / 4 - 1, 2)
  packet.writeUInt32BE(ssrc, 4)
  return packet
}

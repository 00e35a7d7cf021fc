/** Of the inner packet of a VXLAN frame: its IPv4 header begins here. */
const IP = 8 + 14
const IPV4 = 0x0800

/** Where the checksum of each protocol is, TCP and UDP. */
const CHECKSUMS: Record<number, number> = { 6: 16, 17: 6 }

/** Fills in what the kernel has left to a network card that a tunnel does not have. */
export function fillChecksum (frame: Buffer): void {
  if (frame.readUInt16BE(IP - 2) !== IPV4) return
  const ip = frame.subarray(IP, IP + frame.readUInt16BE(IP + 2))
  const protocol = ip[9]!
  const payload = ip.subarray((ip[0]! & 0xf) * 4)
  const offset = CHECKSUMS[protocol]
  if (offset === undefined) return
  payload.writeUInt16BE(0, offset)
  // RFC 9293, 3.1: with a header of the addresses, the protocol and the length before it.
  const sum = sumOf(ip.subarray(12, 20)) + protocol + payload.length + sumOf(payload)
  const folded = (sum & 0xffff) + Math.floor(sum / 0x10000)
  payload.writeUInt16BE((~(folded + (folded >> 16)) & 0xffff) || 0xffff, offset)
}

function sumOf (bytes: Buffer): number {
  let sum = 0
  for (let index = 0; index + 1 < bytes.length; index += 2) sum += bytes.readUInt16BE(index)
  return bytes.length % 2 ? sum + bytes.at(-1)! * 256 : sum
}

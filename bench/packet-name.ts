/** Of a VXLAN frame: the headers before the inner IPv4 packet. */
const VXLAN = 8
const ETHERNET = 14
const IPV4 = 0x0800
const TCP = 6
const UDP = 17

const TCP_FLAGS: [number, string][] = [[0x02, 'SYN'], [0x01, 'FIN'], [0x04, 'RST']]
const STUN_TYPES: Record<number, string> = { 0x0001: 'STUN request', 0x0101: 'STUN response', 0x0111: 'STUN error' }
/** RFC 6347: of a record, and of what is in a record of the handshake. */
const RECORDS: Record<number, string> = { 20: 'ChangeCipherSpec', 21: 'Alert', 22: 'handshake', 23: 'data' }
const HANDSHAKES: Record<number, string> = { 0: 'HelloRequest', 1: 'ClientHello', 2: 'ServerHello', 3: 'HelloVerifyRequest', 11: 'Certificate', 12: 'ServerKeyExchange', 13: 'CertificateRequest', 14: 'ServerHelloDone', 15: 'CertificateVerify', 16: 'ClientKeyExchange', 20: 'Finished' }

/** What is in a VXLAN frame, as far as one can see from outside; undefined of what is not IPv4. */
export function namePacket (frame: Buffer): string | undefined {
  const ethernet = frame.subarray(VXLAN)
  if (ethernet.readUInt16BE(12) !== IPV4) return undefined
  const ip = ethernet.subarray(ETHERNET)
  const payload = ip.subarray((ip[0]! & 0xf) * 4, ip.readUInt16BE(2))
  if (ip[9] === TCP) return nameSegment(payload)
  return ip[9] === UDP ? nameDatagram(payload.subarray(8)) : `protocol ${ip[9]}`
}

function nameSegment (segment: Buffer): string {
  const flags = TCP_FLAGS.filter(([bit]) => segment[13]! & bit).map(([, name]) => name)
  const data = segment.subarray((segment[12]! >> 4) * 4)
  if (data.length === 0) return `TCP ${flags.join(' ') || 'ACK'}`
  const [line] = data.toString('latin1').split('\r\n')
  return /HTTP\/1/.test(line!) ? line!.slice(0, 80) : `TCP ${data.length} B`
}

/** RFC 7983: the first byte tells what it is. */
function nameDatagram (datagram: Buffer): string {
  const [first = 0] = datagram
  if (first < 4) return STUN_TYPES[datagram.readUInt16BE(0)] ?? 'STUN'
  if (first >= 20 && first < 64) return `DTLS ${nameRecords(datagram).join(', ')}`
  return `UDP ${datagram.length} B`
}

function nameRecords (datagram: Buffer): string[] {
  const names: string[] = []
  for (let offset = 0; offset + 13 <= datagram.length;) {
    const type = datagram[offset]!
    const epoch = datagram.readUInt16BE(offset + 3)
    const length = datagram.readUInt16BE(offset + 11)
    const record = RECORDS[type] ?? `record ${type}`
    const name = type === 22 ? (epoch === 0 && HANDSHAKES[datagram[offset + 13]!]) || 'Finished' : type === 23 ? `${length} B` : record
    if (names.at(-1) !== name) names.push(name)
    offset += 13 + length
  }
  return names
}

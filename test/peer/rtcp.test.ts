import t from 'tap'
import { maximumBitrate, parseRtcp, pictureLossIndication, receiverReport, senderReport, sourceDescription } from '../../plugin/peer/rtcp.js'

t.test('parseRtcp -> a compound packet -> each of its parts', async t => {
  const packet = Buffer.concat([
    senderReport({ ssrc: 7, now: 1000 * 2 ** 16, timestamp: 1, packets: 2, octets: 3 }),
    sourceDescription(7, 'name'),
    pictureLossIndication(1, 0xfedcba98),
    Buffer.from('8205000500000001000000020000000a010000000000000b02000000', 'hex').fill(0x84, 0, 1).fill(206, 1, 2).fill(0, 2, 3).fill(6, 3, 4),
    Buffer.from('81cd0004000000010000000500640005fffe8001', 'hex')
  ])
  t.strictSame(parseRtcp(packet), [
    { type: 'sender-report', ssrc: 7, time: ((2208988800 + 2 ** 16) % 2 ** 16) * 2 ** 16 },
    { type: 'key-frame-request', ssrc: 0xfedcba98 },
    { type: 'key-frame-request', ssrc: 10 },
    { type: 'key-frame-request', ssrc: 11 },
    { type: 'lost', ssrc: 5, sequenceNumbers: [100, 101, 103, 65534, 65535, 14] }
  ])
})

/** Of one that says of 5,899 packets to be lost. */
function nack (): Buffer {
  const packet = Buffer.alloc(1400, 0xff)
  packet.set([0x81, 205])
  packet.writeUInt16BE(packet.length / 4 - 1, 2)
  return packet
}

t.test('parseRtcp -> more lost packets than are kept -> no more than those, within microseconds', async t => {
  const packet = nack()
  const [message] = parseRtcp(packet)
  t.ok(message?.type === 'lost' && message.sequenceNumbers.length >= 512 && message.sequenceNumbers.length < 600)
  const start = process.cpuUsage()
  for (let count = 0; count < 1000; count++) parseRtcp(packet)
  const { user, system } = process.cpuUsage(start)
  t.ok(user + system < 500_000, `${(user + system) / 1000} us each`)
})

const IGNORED: Record<string, string> = {
  nothing: '',
  'four bytes': '80c90000',
  'another version': '40c9000100000001',
  'a length beyond the end': '81c9000700000001',
  'a length of nothing': '80c9000000000001',
  'a source description that is not well-formed': '81ca00030000000501ff414141414141',
  'a sender report that is too short': '80c80001000000070000000000000000',
  'feedback without a source': '81ce000100000001',
  'feedback of another kind': '83ce00020000000100000002',
  'transport feedback of another kind': '8fcd00020000000100000002',
  goodbye: '81cb0002000000010000000000000000'
}

for (const [name, hex] of Object.entries(IGNORED)) {
  t.test(`parseRtcp -> ${name} -> ignored`, async t => { t.strictSame(parseRtcp(Buffer.from(hex, 'hex')), []) })
}

t.test('parseRtcp -> what comes behind something unknown -> heard', async t => {
  t.strictSame(parseRtcp(Buffer.concat([Buffer.from('81ca00030000000501ff414141414141', 'hex'), pictureLossIndication(1, 2)])), [{ type: 'key-frame-request', ssrc: 2 }])
})

t.test('parseRtcp -> random bytes -> an answer', async t => {
  let messages = 0
  for (let seed = 1; seed < 20000; seed++) {
    const bytes = Buffer.from(Array.from({ length: seed % 70 }, (_, index) => (seed * 2654435761 >>> index % 24) & 0xff))
    if (bytes.length > 4) bytes.set([0x81, 200 + seed % 8, 0, seed % 16])
    messages += parseRtcp(bytes).length
  }
  t.ok(messages > 0)
})

t.test('receiverReport -> a block -> as RFC 3550 has it', async t => {
  const report = receiverReport(1, [{ ssrc: 2, fractionLost: 255, lost: -2, highestSequenceNumber: 0x00010005, jitter: 6, lastSenderReport: 0xabcdef01, delay: 1.5 }, { ssrc: 3, fractionLost: 0, lost: 7, highestSequenceNumber: 1, jitter: 0, lastSenderReport: 0, delay: 1e9 }])
  t.equal(report.toString('hex'), '82c9000d' + '00000001' + '00000002fffffffe0001000500000006abcdef0100018000' + '00000003000000070000000100000000' + '00000000ffffffff')
})

t.test('senderReport -> the time in NTP, and what was sent', async t => {
  t.equal(senderReport({ ssrc: 1, now: 500, timestamp: 2, packets: 3, octets: 2 ** 32 + 4 }).toString('hex'), '80c8000600000001' + '83aa7e8080000000' + '000000020000000300000004')
})

t.test('sourceDescription -> names of every length -> whole words, with a zero at the end', async t => {
  for (let length = 0; length < 40; length++) {
    const description = sourceDescription(1, 'x'.repeat(length))
    t.equal(description.length % 4, 0)
    t.equal((description.readUInt16BE(2) + 1) * 4, description.length)
    t.equal(description.at(-1), 0)
  }
})

t.test('maximumBitrate -> rounded down by less than a part in 100,000', async t => {
  for (const bitrate of [1, 262143, 262144, 10_000_000, 2 ** 40]) {
    const message = maximumBitrate(1, bitrate, [2, 3])
    const rest = message.readUInt32BE(16)
    const written = (rest & 0x3ffff) * 2 ** (rest >> 18 & 0x3f)
    t.ok(written <= bitrate && written > bitrate * 0.99999, `${bitrate}, found ${written}`)
    t.equal(message.toString('hex', 0, 16), '8fce0006' + '0000000100000000' + '52454d42')
    t.equal(message[16], 2)
    t.equal(message.toString('hex', 20), '0000000200000003')
  }
})

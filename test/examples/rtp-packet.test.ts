import t from 'tap'
import { readRtpPacket, sequenceNumbersBetween, timestampsBetween, writeRtpPacket } from '../../examples/media/rtp-packet.js'
import { rtp } from '../helpers/media.js'

const PACKET = { payloadType: 111, marker: true, sequenceNumber: 65535, timestamp: 0xfedcba98, ssrc: 0xdeadbeef, payload: Buffer.from('payload') }

t.test('readRtpPacket -> a packet -> all of it', async t => {
  t.same(readRtpPacket(rtp(PACKET)), PACKET)
  t.same(readRtpPacket(Uint8Array.from(rtp(PACKET)).buffer), PACKET)
})

t.test('readRtpPacket -> sources, an extension, padding -> the payload between them', async t => {
  const packet = Buffer.concat([rtp({ payload: '' }), Buffer.from('source 1'), Buffer.from([0xbe, 0xde, 0, 1]), Buffer.from('ext.'), Buffer.from('payload'), Buffer.from([0, 0, 3])])
  packet[0]! |= 0x30 | 2
  t.same(readRtpPacket(packet)!.payload, Buffer.from('payload'))
})

const NONE: Record<string, Buffer> = {
  nothing: Buffer.alloc(0),
  '11 bytes': Buffer.alloc(11, 0x80),
  'version 1': Buffer.alloc(20, 0x40),
  'fewer bytes than sources': Buffer.concat([Buffer.from([0x8f]), Buffer.alloc(70)]),
  'no room for the extension': Buffer.concat([Buffer.from([0x90]), Buffer.alloc(13)]),
  'an extension that goes beyond the end': Buffer.concat([Buffer.from([0x90]), Buffer.alloc(13), Buffer.from([0, 2]), Buffer.alloc(4)]),
  'more padding than there is room for': Buffer.concat([Buffer.from([0xa0]), Buffer.alloc(14), Buffer.from([5])])
}

for (const [name, packet] of Object.entries(NONE)) {
  t.test(`readRtpPacket -> ${name} -> undefined`, async t => { t.equal(readRtpPacket(packet), undefined) })
}

t.test('writeRtpPacket -> what was read -> the same bytes', async t => {
  t.same(Buffer.from(writeRtpPacket(PACKET)), rtp(PACKET))
})

t.test('sequenceNumbersBetween, timestampsBetween -> over their ends -> the shorter way', async t => {
  t.strictSame([sequenceNumbersBetween(65535, 1), sequenceNumbersBetween(1, 65535), sequenceNumbersBetween(7, 7)], [2, -2, 0])
  t.strictSame([timestampsBetween(0xffffffff, 1), timestampsBetween(1, 0xffffffff), timestampsBetween(7, 7)], [2, -2, 0])
})

import t from 'tap'
import { copyRtp, isRtcp, readRtpHeader, renumberRtp } from '../../plugin/peer/rtp-packet.js'
import { rtp } from '../helpers/media.js'

const NUMBERS = { payloadType: 111, sequenceNumber: 65535, timestamp: 4294967295, ssrc: 0xdeadbeef }

t.test('readRtpHeader -> a packet -> its numbers, and where the payload begins', async t => {
  t.strictSame(readRtpHeader(rtp({ payloadType: 127, sequenceNumber: 40000, timestamp: 3e9, ssrc: 4e9, marker: true })), { payloadType: 127, sequenceNumber: 40000, timestamp: 3e9, ssrc: 4e9, size: 12, payload: 12 })
})

t.test('readRtpHeader -> sources and an extension -> behind them', async t => {
  t.match(readRtpHeader(extended()), { size: 20, payload: 28 })
})

const NONE: Record<string, Buffer> = {
  nothing: Buffer.alloc(0),
  '11 bytes': Buffer.alloc(11, 0x80),
  'version 1': Buffer.alloc(20, 0x40),
  'fewer bytes than sources': Buffer.concat([Buffer.from([0x8f]), Buffer.alloc(70)]),
  'no room for the extension': Buffer.concat([Buffer.from([0x90]), Buffer.alloc(13)]),
  'an extension that goes beyond the end': Buffer.concat([Buffer.from([0x90]), Buffer.alloc(13), Buffer.from([0, 2]), Buffer.alloc(4)])
}

for (const [name, packet] of Object.entries(NONE)) {
  t.test(`readRtpHeader -> ${name} -> undefined`, async t => { t.equal(readRtpHeader(packet), undefined) })
}

t.test('copyRtp, renumberRtp -> other numbers -> marker, sources and payload stay, the extension goes', async t => {
  const packet = extended()
  packet[1]! |= 0x80
  const before = packet.toString('hex')
  const written = copyRtp(packet, readRtpHeader(packet)!)
  renumberRtp(written, NUMBERS)
  t.strictSame(readRtpHeader(written), { ...NUMBERS, size: 20, payload: 20 })
  t.equal(written[1], 0x80 | 111)
  t.equal(written.subarray(12, 20).toString(), 'source 1')
  t.equal(written.subarray(20).toString(), 'payload')
  t.equal(packet.toString('hex'), before, 'the packet itself stays as it was')
})

t.test('isRtcp -> by the second byte', async t => {
  for (const [type, is] of [[191, false], [192, true], [200, true], [223, true], [224, false], [96, false]] as const) t.equal(isRtcp(Buffer.from([0x80, type])), is)
  t.equal(isRtcp(Buffer.alloc(0)), false)
})

/** With two sources and an extension of one word. */
function extended (): Buffer {
  const header = rtp({ payload: '' })
  header[0] = 0x92
  return Buffer.concat([header, Buffer.from('source 1'), Buffer.from([0xbe, 0xde, 0, 1, 1, 2, 3, 4]), Buffer.from('payload')])
}

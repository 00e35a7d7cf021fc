import t from 'tap'
import { readRtpPacket, type RtpPacket } from '../../examples/media/rtp-packet.js'
import { RtpWriter } from '../../examples/media/rtp-writer.js'
import type { MediaStreamTrack } from '../../plugin/index.js'

t.test('write -> packets of one source, whose sequence numbers go on over their end', async t => {
  const packets: RtpPacket[] = []
  const track = { writeRtp: (packet: Uint8Array) => { packets.push(readRtpPacket(packet)!) } } as unknown as MediaStreamTrack
  const writer = new RtpWriter(track)
  for (let count = 0; count < 65537; count++) writer.write(Buffer.from(String(count)), { timestamp: count * 960, marker: count === 2 })
  t.equal(new Set(packets.map(({ ssrc }) => ssrc)).size, 1)
  t.strictSame(packets.map(({ sequenceNumber }) => sequenceNumber), Array.from({ length: 65537 }, (_, count) => count & 0xffff))
  t.match(packets[2], { timestamp: 1920, marker: true, payload: Buffer.from('2') })
  t.match(packets[3], { marker: false })
})

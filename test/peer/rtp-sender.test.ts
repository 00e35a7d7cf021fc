import t from 'tap'
import { MediaStreamTrack } from '../../plugin/index.js'
import { supportedCodec } from '../../plugin/peer/rtp-codec.js'
import { readRtpHeader } from '../../plugin/peer/rtp-packet.js'
import { RtpSender } from '../../plugin/peer/rtp-sender.js'
import { rtp } from '../helpers/media.js'

const VP8 = supportedCodec('video', 'video/VP8')
const H264 = supportedCodec('video', 'video/H264')

/** A sender, and what the library would have taken a copy of. */
function createSender (payloadType: number) {
  const packets: Buffer[] = []
  const sender = new RtpSender('video', { cname: 'cname', streamId: 'stream' }, packet => packets.push(Buffer.from(packet)) > 0)
  sender.negotiated([{ ...VP8, payloadType }], true)
  return { sender, packets }
}

t.test('one track, two senders -> each sends it under its own numbers, and again when it is asked, whoever has sent it since', async t => {
  const track = new MediaStreamTrack('video')
  const ends = [createSender(96), createSender(100)]
  for (const { sender } of ends) sender.replaceTrack(track)
  const written = ['one', 'two', 'three'].map((payload, index) => rtp({ payload, sequenceNumber: index, marker: index === 2 }))
  const before = written.map(packet => packet.toString('hex'))
  for (const packet of written) track.writeRtp(packet)
  t.strictSame(written.map(packet => packet.toString('hex')), before, 'what the application has is as it was')
  for (const { sender, packets } of ends) {
    t.strictSame(packets.map(packet => packet.subarray(12).toString()), ['one', 'two', 'three'])
    const headers = packets.map(packet => readRtpHeader(packet)!)
    t.ok(headers.every(({ ssrc }) => ssrc === sender.sent.ssrc))
    t.strictSame(packets.map(packet => packet[1]! >> 7), [0, 0, 1])
    const numbers = headers.map(({ sequenceNumber }) => sequenceNumber)
    t.strictSame(numbers.map(number => (number - numbers[0]!) & 0xffff), [0, 1, 2])
    sender.repeat([numbers[2]!, numbers[0]!, (numbers[2]! + 1) & 0xffff, (numbers[2]! + 512) & 0xffff], performance.now())
    t.strictSame(packets.slice(3), [packets[2], packets[0]])
  }
  t.strictSame(ends.map(({ packets }) => readRtpHeader(packets[0]!)!.payloadType), [96, 100])
})

t.test('a track of a codec that the far end cannot decode -> nothing, until it can', async t => {
  const { sender, packets } = createSender(96)
  const track = new MediaStreamTrack('video', { mimeType: 'video/H264' })
  sender.replaceTrack(track)
  track.writeRtp(rtp())
  t.equal(packets.length, 0)
  sender.negotiated([VP8, H264], true)
  track.writeRtp(rtp())
  t.equal(readRtpHeader(packets[0]!)!.payloadType, H264.payloadType)
})

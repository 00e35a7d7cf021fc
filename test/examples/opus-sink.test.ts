import t from 'tap'
import { FRAME_SIZE, OpusEncoder, SAMPLE_RATE } from '../../examples/media/opus-encoder.js'
import { decodeOpus } from '../../examples/media/opus-sink.js'
import { Pitch } from '../../examples/media/pitch.js'
import { writeRtpPacket } from '../../examples/media/rtp-packet.js'
import { Tone } from '../../examples/media/tone.js'
import { SlidingWindow } from '../../examples/pitch-detector/sliding-window.js'
import type { MediaStreamTrack } from '../../plugin/index.js'

/** A far end's track, whose events the test makes. */
class FakeTrack extends EventTarget {
  receive (payload: Uint8Array, sequenceNumber: number, ssrc = 1): void {
    const packet = writeRtpPacket({ payloadType: 111, marker: false, sequenceNumber: sequenceNumber & 0xffff, timestamp: sequenceNumber * FRAME_SIZE, ssrc, payload })
    this.dispatchEvent(Object.assign(new Event('rtp'), { packet: packet.buffer }))
  }
}

/** Packets of a tone. */
function encode (frequency: number, count: number): Uint8Array[] {
  const encoder = new OpusEncoder(1)
  const tone = new Tone(frequency, SAMPLE_RATE)
  const samples = new Float32Array(FRAME_SIZE)
  const packets = Array.from({ length: count }, () => {
    tone.read(samples, 0.5)
    return encoder.encode([samples])
  })
  encoder.close()
  return packets
}

for (const channels of [1, 2] as const) {
  t.test(`Opus that arrives, into ${channels} channels -> the samples that were sent; what comes twice, late or empty is left out, another source is not`, async t => {
    const track = new FakeTrack()
    const window = new SlidingWindow(2048)
    let count = 0
    await decodeOpus(track as unknown as MediaStreamTrack, channels, channelData => {
      t.strictSame(channelData.map(({ length }) => length), Array(channels).fill(FRAME_SIZE))
      window.add(channelData.at(-1)!)
      count++
    })
    const packets = encode(440, 10)
    packets.forEach((packet, index) => {
      const sequenceNumber = 65530 + index
      track.receive(packet, sequenceNumber)
      track.receive(packet, sequenceNumber)
      track.receive(packet, sequenceNumber - 1)
      track.receive(new Uint8Array(), sequenceNumber + 1)
    })
    t.equal(count, 10)
    const pitch = new Pitch(2048, SAMPLE_RATE).find(window.samples)
    t.ok(Math.abs(pitch! / 440 - 1) < 0.01, `found ${pitch}`)
    track.receive(packets[0]!, 3, 2)
    t.equal(count, 11)
    track.dispatchEvent(new Event('ended'))
  })
}

t.test('add of more, and of less, than there is room for -> the last samples, in order', async t => {
  const window = new SlidingWindow(4)
  const added = (...samples: number[]) => {
    window.add(Float32Array.from(samples))
    return [...window.samples]
  }
  t.strictSame(added(1, 2), [0, 0, 1, 2])
  t.strictSame(added(3, 4, 5), [2, 3, 4, 5])
  t.strictSame(added(6, 7, 8, 9, 10, 11), [8, 9, 10, 11])
})

import { OpusDecoder } from 'opus-decoder'
import t from 'tap'
import { FRAME_SIZE, SAMPLE_RATE } from '../../examples/media/opus-encoder.js'
import { OpusSource } from '../../examples/media/opus-source.js'
import { Pitch } from '../../examples/media/pitch.js'
import { readRtpPacket, type RtpPacket } from '../../examples/media/rtp-packet.js'
import { Tone } from '../../examples/media/tone.js'
import { signal, within } from '../helpers/deadline.js'

/** What a source writes, and the time that it goes by. */
function observe (source: OpusSource): RtpPacket[] {
  const packets: RtpPacket[] = []
  source.track.writeRtp = packet => { packets.push(readRtpPacket(packet as Uint8Array)!) }
  return packets
}

t.test('start -> a packet every 20 ms, each 960 samples later, until stop', async t => {
  const enough = signal()
  let asked = 0
  const source = new OpusSource(1, () => { if (++asked === 10) enough.resolve() })
  const packets = observe(source)
  source.start()
  await within(enough.promise, '10 packets')
  source.stop()
  source.stop()
  t.strictSame(packets.slice(0, 9).map(({ timestamp }, index) => timestamp - packets[0]!.timestamp - index * FRAME_SIZE), Array(9).fill(0))
  t.equal(source.track.readyState, 'ended')
})

t.test('timers that are late -> what is due is sent; what is long due is left out, and the timestamps tell', async t => {
  let now = 1000
  const source = new OpusSource(2, () => {}, () => now)
  t.teardown(() => source.stop())
  const packets = observe(source)
  const send = (time: number) => {
    now = 1000 + time
    source.sendDue()
    return packets.splice(0).map(({ timestamp }) => timestamp / FRAME_SIZE)
  }
  source.start()
  t.strictSame(send(0), [0])
  t.strictSame(send(19), [])
  t.strictSame(send(20), [1])
  t.strictSame(send(105), [2, 3, 4, 5])
  t.strictSame(send(5001), [250])
  t.strictSame(send(5021), [251])
})

t.test('a tone whose frequency changes between two packets -> heard within 40 ms of RTP time, and nothing clicks', async t => {
  let now = 0
  const tone = new Tone(440, SAMPLE_RATE)
  const source = new OpusSource(1, ([samples]) => tone.read(samples!, 0.5), () => now)
  const packets = observe(source)
  source.start()
  const play = (until: number) => {
    for (; now < until; now += 20) source.sendDue()
  }
  play(500)
  tone.frequency = 880
  play(1000)
  source.stop()

  const decoder = new OpusDecoder({ channels: 1 })
  await decoder.ready
  const samples = packets.flatMap(({ payload }) => [...decoder.decodeFrame(payload).channelData[0]!])
  decoder.free()
  const pitch = new Pitch(960, SAMPLE_RATE)
  const heard = (milliseconds: number) => pitch.find(Float32Array.from(samples.slice(milliseconds * 48, milliseconds * 48 + 960)))!
  t.ok(Math.abs(heard(470) / 440 - 1) < 0.01, `found ${heard(470)}`)
  t.ok(Math.abs(heard(540) / 880 - 1) < 0.01, `found ${heard(540)}`)
  // The steepest that 880 Hz is, and what the encoder adds to it.
  const jumps = samples.slice(4801).map((sample, index) => Math.abs(sample - samples[4800 + index]!))
  const steepest = 2 * Math.PI * 880 / SAMPLE_RATE * 0.5
  t.ok(Math.max(...jumps) < steepest * 1.2, `found ${Math.max(...jumps)}, the steepest is ${steepest}`)
})

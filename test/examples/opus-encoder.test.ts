import { OpusDecoder } from 'opus-decoder'
import t from 'tap'
import { FRAME_SIZE, OpusEncoder, SAMPLE_RATE } from '../../examples/media/opus-encoder.js'
import { Pitch } from '../../examples/media/pitch.js'
import { Tone } from '../../examples/media/tone.js'

/** As many as the class that opusscript comes with cannot hold. */
const ENCODERS = 60

t.test(`${ENCODERS} encoders that take turns, of one and two channels -> each channel is heard as it was`, async t => {
  const ends = await Promise.all(Array.from({ length: ENCODERS }, async (_, index) => {
    const channels = index % 2 ? 2 : 1
    const decoder = new OpusDecoder({ channels })
    await decoder.ready
    const tones = Array.from({ length: channels }, (_, channel) => new Tone(200 + 20 * index + 2000 * channel, SAMPLE_RATE))
    return { encoder: new OpusEncoder(channels), decoder, tones, heard: tones.map(() => new Float32Array(5 * FRAME_SIZE)) }
  }))
  for (let frame = 0; frame < 10; frame++) {
    for (const { encoder, decoder, tones, heard } of ends) {
      const packet = encoder.encode(tones.map(tone => {
        const samples = new Float32Array(FRAME_SIZE)
        tone.read(samples, 0.5)
        return samples
      }))
      const { channelData, errors } = decoder.decodeFrame(packet)
      t.strictSame([errors, channelData.length, channelData[0]!.length], [[], tones.length, FRAME_SIZE])
      if (frame >= 5) heard.forEach((samples, channel) => samples.set(channelData[channel]!, (frame - 5) * FRAME_SIZE))
    }
  }
  for (const { encoder, decoder, tones, heard } of ends) {
    for (const [channel, tone] of tones.entries()) {
      const pitch = new Pitch(2048, SAMPLE_RATE).find(heard[channel]!.subarray(0, 2048))
      t.ok(Math.abs(pitch! / tone.frequency - 1) < 0.01, `${tone.frequency} Hz, found ${pitch}`)
      const loudest = Math.max(...heard[channel]!)
      t.ok(loudest > 0.4 && loudest < 0.6, `found ${loudest}`)
    }
    encoder.close()
    decoder.free()
  }
})

t.test('encode after close, which may come twice -> throws an InvalidStateError', async t => {
  const encoder = new OpusEncoder(1)
  encoder.close()
  encoder.close()
  t.throws(() => encoder.encode([new Float32Array(FRAME_SIZE)]), { name: 'InvalidStateError' })
})

t.test('samples beyond what there is -> as loud as can be, and no louder', async t => {
  const encoder = new OpusEncoder(1)
  const decoder = new OpusDecoder({ channels: 1 })
  await decoder.ready
  const tone = new Tone(400, SAMPLE_RATE)
  const samples = new Float32Array(FRAME_SIZE)
  let heard: Float32Array = samples
  for (let frame = 0; frame < 5; frame++) {
    tone.read(samples, 3)
    heard = decoder.decodeFrame(encoder.encode([samples])).channelData[0]!
  }
  // Near to a square wave; values that wrap around would be a mess.
  const loud = heard.filter(sample => Math.abs(sample) > 0.8).length / FRAME_SIZE
  t.ok(loud > 0.7, `found ${loud}`)
  encoder.close()
  decoder.free()
})

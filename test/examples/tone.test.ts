import t from 'tap'
import { Pitch } from '../../examples/media/pitch.js'
import { Tone } from '../../examples/media/tone.js'

const SAMPLE_RATE = 48000

function read (tone: Tone, count: number, amplitude = 0.5): Float32Array {
  const samples = new Float32Array(count)
  tone.read(samples, amplitude)
  return samples
}

for (const frequency of [50, 220, 440, 1000, 5000]) {
  t.test(`a tone of ${frequency} Hz -> its pitch, within a thousandth`, async t => {
    const pitch = new Pitch(2048, SAMPLE_RATE).find(read(new Tone(frequency, SAMPLE_RATE), 2048))
    t.ok(Math.abs(pitch! / frequency - 1) < 0.001, `found ${pitch}`)
  })
}

t.test('silence, and noise -> no pitch', async t => {
  const pitch = new Pitch(2048, SAMPLE_RATE)
  t.equal(pitch.find(new Float32Array(2048)), undefined)
  t.equal(pitch.find(Float32Array.from({ length: 2048 }, () => Math.random() - 0.5)), undefined)
})

t.test('a frequency that changes in the middle of the wave -> the wave goes on from where it was', async t => {
  const tone = new Tone(440, SAMPLE_RATE)
  const before = read(tone, 1000)
  tone.frequency = 880
  const samples = [...before, ...read(tone, 1000)]
  // As steep as 880 Hz ever is; the next sample of another phase would be up to a hundred times as far.
  const steepest = 2 * Math.PI * 880 / SAMPLE_RATE * 0.5
  const jumps = samples.slice(1).map((sample, index) => Math.abs(sample - samples[index]!))
  t.ok(Math.max(...jumps) <= steepest + 1e-6, `found ${Math.max(...jumps)}`)
  const expected = Math.sin(2 * Math.PI * (1000 * 440 / SAMPLE_RATE + 100 * 880 / SAMPLE_RATE)) * 0.5
  t.ok(Math.abs(samples[1100]! - expected) < 1e-6)
})

t.test('a frequency that nobody hears, or none -> throws a RangeError, the tone is as it was', async t => {
  const tone = new Tone(440, SAMPLE_RATE)
  for (const wrong of [0, -440, 19, 20001, NaN, Infinity]) t.throws(() => { tone.frequency = wrong }, RangeError)
  t.equal(tone.frequency, 440)
})

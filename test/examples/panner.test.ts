import t from 'tap'
import { Panner } from '../../examples/sine-wave-stereo/panner.js'

/** What becomes of samples that are all 1. */
function pan (panner: Panner, count = 960): { left: Float32Array, right: Float32Array } {
  const left = new Float32Array(count).fill(1)
  const right = new Float32Array(count)
  panner.pan(left, right)
  return { left, right }
}

for (const [panning, left, right] of [[0, 1, 0], [25, 0.924, 0.383], [50, 0.707, 0.707], [100, 0, 1]] as const) {
  t.test(`panning ${panning} -> ${left} in the left, ${right} in the right channel, and as much power as ever`, async t => {
    const panner = new Panner()
    panner.panning = panning
    pan(panner)
    const panned = pan(panner)
    t.ok(panned.left.every(sample => Math.abs(sample - left) < 0.001))
    t.ok(panned.right.every(sample => Math.abs(sample - right) < 0.001))
    t.ok(panned.left.every((sample, index) => Math.abs(sample ** 2 + panned.right[index]! ** 2 - 1) < 0.001))
  })
}

t.test('panning that changes -> the gains move over the samples, without a jump, and arrive', async t => {
  const panner = new Panner()
  pan(panner)
  panner.panning = 100
  const { left, right } = pan(panner)
  for (const samples of [left, right]) {
    const steps = [Math.SQRT1_2, ...samples].slice(0, -1).map((sample, index) => Math.abs(sample - samples[index]!))
    t.ok(Math.max(...steps) < 0.001, `found ${Math.max(...steps)}`)
  }
  t.ok(Math.abs(left.at(-1)!) < 0.001 && Math.abs(right.at(-1)! - 1) < 0.001)
})

t.test('panning beyond left and right, or none -> throws a RangeError, and is as it was', async t => {
  const panner = new Panner()
  for (const wrong of [-1, 101, NaN]) t.throws(() => { panner.panning = wrong }, RangeError)
  t.equal(panner.panning, 50)
})

import t from 'tap'
import { runChild } from '../helpers/child.js'

t.setTimeout(180_000)

/** The native side makes and ends a thread and a socket or two when it likes; a leak of one in a hundred peers is ten. */
const TOLERANCE = 5

/** Of resident memory, which moves by some megabytes without any leak; 500 peers that stay are 35 at the least. */
const MAX_GROWTH = 20

t.test('1,000 reconnects of 25 connections -> the second half of them without growth, each connection as connected as before, and the process ends by itself', async t => {
  const { stdout, stderr, exitCode, signal, timedOut } = await runChild(new URL('a-thousand-reconnects.ts', import.meta.url), { deadline: 150_000, execArgv: ['--expose-gc'] })
  t.same({ exitCode, signal, timedOut }, { exitCode: 0, signal: null, timedOut: false }, stderr)
  const { before, after, reconnects, states } = JSON.parse(stdout)
  t.equal(reconnects, 1000)
  t.same(states, Array(25).fill('connected'))
  t.equal(after.live, 25)
  t.equal(after.pending, 0)
  t.ok(after.fileDescriptors <= before.fileDescriptors + TOLERANCE, `${before.fileDescriptors} file descriptors, then ${after.fileDescriptors}`)
  t.ok(after.threads <= before.threads + TOLERANCE, `${before.threads} threads, then ${after.threads}`)
  t.ok(after.megabytes <= before.megabytes + MAX_GROWTH, `${before.megabytes} MB, then ${after.megabytes}`)
})

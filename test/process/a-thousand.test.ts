import t from 'tap'
import { runChild } from '../helpers/child.js'

t.setTimeout(180_000)

/** The native side makes and ends a thread and a socket or two when it likes; a leak of one in a hundred connections is ten. */
const TOLERANCE = 5

t.test('1,000 connections opened and closed, then 1,000 offers never answered: everything is back where it began, and the process ends by itself', async t => {
  const { stdout, stderr, exitCode, signal, timedOut } = await runChild(new URL('a-thousand.ts', import.meta.url), { deadline: 150_000 })
  t.same({ exitCode, signal, timedOut }, { exitCode: 0, signal: null, timedOut: false }, stderr)
  const { before, afterOpened, created, afterUnanswered } = JSON.parse(stdout)
  t.equal(created, 1000)
  for (const after of [afterOpened, afterUnanswered]) {
    t.equal(after.connections, 0)
    t.equal(after.live, 0)
    t.ok(after.fileDescriptors <= before.fileDescriptors + TOLERANCE, `${before.fileDescriptors} file descriptors, then ${after.fileDescriptors}`)
    t.ok(after.threads <= before.threads + TOLERANCE, `${before.threads} threads, then ${after.threads}`)
    t.ok(after.timers <= before.timers, `${before.timers} timers, then ${after.timers}`)
  }
})

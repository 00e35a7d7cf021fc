import t from 'tap'
import { runChild } from '../helpers/child.js'

t.test('offers and answers without a file descriptor left throw errors of JavaScript, and releasing the peers gives every descriptor back', async t => {
  const { stdout, stderr, exitCode, signal, timedOut } = await runChild(new URL('file-descriptors.ts', import.meta.url), { maxFiles: 80 })
  t.same({ exitCode, signal, timedOut }, { exitCode: 0, signal: null, timedOut: false }, stderr)
  const { refused, live, before, after, liveInTheEnd, reported } = JSON.parse(stdout)
  t.ok(refused.OperationError >= 10, `expected offers to be refused, found ${refused.OperationError}`)
  t.ok(refused.Error >= 10, `expected answers to be refused, found ${refused.Error}`)
  t.equal(Object.keys(refused).length, 2)
  t.ok(live >= 100, `expected every peer to be held until its release, found ${live}`)
  t.equal(after, before)
  t.equal(liveInTheEnd, 0)
  t.same(reported, [])
})

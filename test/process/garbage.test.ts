import t from 'tap'
import { runChild } from '../helpers/child.js'

t.test('peers and channels that the application has dropped work on, and are collected when the far end has closed', async t => {
  const { stdout, stderr, exitCode, signal, timedOut } = await runChild(new URL('garbage.ts', import.meta.url), { execArgv: ['--expose-gc'] })
  t.same({ exitCode, signal, timedOut }, { exitCode: 0, signal: null, timedOut: false }, stderr)
  const { answered, whileConnected, announced, closedAndHeld, afterwards, live } = JSON.parse(stdout)
  t.equal(answered, 2 * (1 + 2 + 3))
  t.same(whileConnected.sort(), ['0', 'ours', 'peerConnection'])
  t.equal(announced, 51)
  t.ok(closedAndHeld < 5, `expected channels that have closed to be collected while the peer lives, found ${closedAndHeld} of 50`)
  t.same(afterwards, [])
  t.equal(live, 0)
})

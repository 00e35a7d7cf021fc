import t from 'tap'
import { runChild } from '../helpers/child.js'

t.test('peers and channels that the application has dropped work on, and are collected when the far end has closed', async t => {
  const { stdout, stderr, exitCode, signal, timedOut } = await runChild(new URL('garbage.ts', import.meta.url), { execArgv: ['--expose-gc'] })
  t.same({ exitCode, signal, timedOut }, { exitCode: 0, signal: null, timedOut: false }, stderr)
  t.same(JSON.parse(stdout), { answered: 2 * (1 + 2 + 3), whileConnected: ['peerConnection', 'ours', 'theirs'], afterwards: [], live: 0 })
})

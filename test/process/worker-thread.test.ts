import t from 'tap'
import { runChild } from '../helpers/child.js'

const MESSAGE = 'fastify-webrtc runs on the main thread only: use processes, not worker threads, for more than one core'

t.test('the plugin in a worker thread says that it runs on the main thread only, and does no harm to the main thread', async t => {
  const { stdout, stderr, exitCode, signal, timedOut } = await runChild(new URL('worker-thread.ts', import.meta.url))
  t.same({ exitCode, signal, timedOut }, { exitCode: 0, signal: null, timedOut: false }, stderr)
  const told = { 'a peer': MESSAGE, 'a manager': MESSAGE, 'the plugin': MESSAGE }
  t.same(JSON.parse(stdout), [told, told, told])
})

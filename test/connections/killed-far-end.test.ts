import t from 'tap'
import type { DataChannel } from '../../plugin/index.js'
import { startChild } from '../helpers/child.js'
import { signal, within } from '../helpers/deadline.js'
import { createServer } from '../helpers/server.js'

/** The native side notices after 13 seconds with something to send, after 30 without. */
const TIME_TO_NOTICE = 30_000

t.test('a far end whose process is killed -> disconnected, then closed, reason peer', async t => {
  t.setTimeout(2 * TIME_TO_NOTICE)
  const opened = signal<DataChannel>()
  const server = await createServer(t, {
    timeToReconnected: 100,
    beforeOffer (peerConnection) {
      const channel = peerConnection.createDataChannel('a')
      channel.addEventListener('open', () => opened.resolve(channel))
    }
  })
  const { id, localDescription } = await server.createConnection()
  const child = startChild(new URL('far-end.ts', import.meta.url), { deadline: TIME_TO_NOTICE })
  t.teardown(() => { child.process.kill('SIGKILL') })
  child.write(JSON.stringify(localDescription!.sdp))
  t.equal((await server.setRemoteDescription(id, JSON.parse(await child.line()))).statusCode, 200)
  child.write(JSON.stringify(localDescription!.sdp))
  await server.state(id, 'connected')
  t.equal(await child.line(), '"connected"')

  const channel = await within(opened.promise, 'the channel to open')
  child.process.kill('SIGKILL')
  channel.send('are you there?')
  const started = performance.now()
  await server.state(id, 'disconnected', TIME_TO_NOTICE)
  t.comment(`noticed after ${Math.round(performance.now() - started)} ms`)
  await server.state(id, 'closed: peer')
  t.equal(server.connections.size, 0)
})

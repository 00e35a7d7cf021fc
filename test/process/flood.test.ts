import { setTimeout as wait } from 'node:timers/promises'
import Fastify from 'fastify'
import t from 'tap'
import signaling from '../../plugin/index.js'
import { livePeerConnections } from '../../plugin/peer/native-connection.js'
import { startChild } from '../helpers/child.js'
import { connect } from '../helpers/handshake.js'
import { createServer } from '../helpers/server.js'

t.setTimeout(60_000)

/** In milliseconds, on a busy machine. A blocked native side does not come back at all. */
const RESPONSIVE = 1000

for (const [owner, id] of [['of the server\'s own', 0], ['that the far end opened', undefined]] as const) {
  t.test(`10,000 messages on a channel ${owner} to which nobody listens: the server answers meanwhile, and closes at once`, async t => {
    const app = Fastify()
    app.register(signaling, {
      bindAddress: '127.0.0.1',
      beforeOffer: peerConnection => { if (id !== undefined) peerConnection.createDataChannel('flooded', { negotiated: true, id }) }
    })
    const url = await app.listen({ host: '127.0.0.1', port: 0 })
    const farEnd = startChild(new URL('flooding-far-end.ts', import.meta.url), { args: id === undefined ? [url] : [url, String(id)], deadline: 50_000 })
    t.teardown(() => { farEnd.process.kill() })

    const connectionId = await farEnd.line()
    const asked = []
    for (let number = 0; number < 20; number++) asked.push(await timed(() => fetch(`${url}/connections/${connectionId}`)))
    t.ok(Math.max(...asked) < RESPONSIVE, `the longest of 20 answers took ${Math.max(...asked).toFixed(0)} ms`)

    const closed = await timed(() => fetch(`${url}/connections/${connectionId}`, { method: 'DELETE' }))
    t.ok(closed < RESPONSIVE, `DELETE took ${closed.toFixed(0)} ms`)
    const ended = await timed(() => app.close())
    t.ok(ended < RESPONSIVE, `app.close() took ${ended.toFixed(0)} ms`)
    t.equal(livePeerConnections(), 0)
    farEnd.process.kill()
    await farEnd.ended
  })
}

t.test('clients that flood and never stop -> are cut off, and their native peers close meanwhile, and those of others', async t => {
  const reasons: string[] = []
  const server = await createServer(t, {
    beforeOffer: peerConnection => { peerConnection.createDataChannel('flooded', { negotiated: true, id: 0 }) },
    onClosed: (_connection, reason) => { reasons.push(reason) }
  })
  const url = await server.app.listen({ host: '127.0.0.1', port: 0 })
  const floods = [1, 2, 3].map(() => startChild(new URL('flooding-far-end.ts', import.meta.url), { args: [url, '0', 'endless'], deadline: 50_000 }))
  t.teardown(() => { for (const flood of floods) flood.process.kill() })
  const { connection, farEnd } = await connect(t, server)
  await Promise.all(floods.map(flood => flood.line(20_000)))
  await server.request('DELETE', `/connections/${connection.id}`)
  const closed = await timed(async () => { for (let checks = 0; checks < 100 && livePeerConnections() > 0; checks++) await wait(200) })
  t.equal(livePeerConnections(), 0, `closed after ${closed.toFixed(0)} ms`)
  t.same(reasons.sort(), ['deleted', 'limit-exceeded', 'limit-exceeded', 'limit-exceeded'])
  await farEnd.closed()
})

async function timed (call: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await call()
  return performance.now() - start
}

import { once } from 'node:events'
import { connect } from 'node:net'
import t from 'tap'
import { MAX_READERS } from '../../plugin/connections/readers.js'
import { within } from '../helpers/deadline.js'
import { EventReader } from '../helpers/event-reader.js'
import { startServer } from './start-server.js'

t.setTimeout(180_000)

const STREAMS = 1000
const CONNECTIONS = STREAMS / MAX_READERS
const LIMITS = { maxPendingConnections: CONNECTIONS + 10, maxPendingConnectionsPerAddress: CONNECTIONS + 10, maxEventLoopDelay: 60_000, timeToConnected: 100_000 }
/** Bytes that a socket and its stream may cost. */
const MAX_SIZE = 65_536

t.test(`${STREAMS} readers of events that read nothing -> others are served as fast as before, and memory is bounded`, async t => {
  const server = await startServer(t, { connections: LIMITS })
  const ids: string[] = []
  while (ids.length < CONNECTIONS) ids.push((await server.ask('POST', '/connections')).json.id)
  await server.timeToServe()
  const before = await server.timeToServe()
  const held = await server.held()
  for (const id of ids) {
    await Promise.all(Array.from({ length: MAX_READERS }, async () => {
      const socket = connect({ host: '127.0.0.1', port: server.port })
      t.teardown(() => { socket.destroy() })
      socket.on('error', () => {}).pause()
      await within(once(socket, 'connect'), 'a socket to be connected')
      socket.write(`GET /connections/${id}/events HTTP/1.1\r\nhost: localhost\r\n\r\n`)
    }))
  }
  let during = await server.held()
  for (const end = performance.now() + 60_000; during.files < held.files + STREAMS * 0.95 && performance.now() < end;) during = await server.held()
  t.ok(during.files >= held.files + STREAMS * 0.95, `${during.files - held.files} more file descriptors`)
  const times = [await server.timeToServe(), await server.timeToServe(), await server.timeToServe()]
  t.ok(Math.min(...times) < 3 * before, `a client is served in ${Math.min(...times).toFixed(1)} ms, before in ${before.toFixed(1)} ms`)
  const { rss } = await server.held()
  t.comment(`${((rss - held.rss) / STREAMS / 1024).toFixed(1)} KiB for each`)
  t.ok(rss - held.rss < STREAMS * MAX_SIZE, `${((rss - held.rss) / 2 ** 20).toFixed(1)} MiB more`)
})

t.test(`app.close() with ${STREAMS} open streams -> each is told of the end, and it takes milliseconds`, async t => {
  const timeToClose = async (streams: number) => {
    const server = await startServer(t, { connections: LIMITS })
    const readers: EventReader[] = []
    for (let count = 0; count < CONNECTIONS; count++) {
      const { json: { id } } = await server.ask('POST', '/connections')
      readers.push(...await Promise.all(Array.from({ length: streams }, () => EventReader.open(t, server.port, `/connections/${id}/events`))))
    }
    const time = await server.close()
    const ends = await Promise.all(readers.map(async reader => (await reader.ended()).at(-1)?.type))
    t.same(ends.filter(type => type !== 'closed'), [])
    return time
  }
  const without = await timeToClose(0)
  const withStreams = await timeToClose(MAX_READERS)
  t.comment(`${withStreams.toFixed(0)} ms, ${without.toFixed(0)} ms without streams`)
  t.ok(withStreams - without < 3000)
})

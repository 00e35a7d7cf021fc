import { connect as connectHttp2 } from 'node:http2'
import { createGzip } from 'node:zlib'
import Fastify from 'fastify'
import t from 'tap'
import signaling, { ConnectionManager, type WebRtcConnection, type WebRtcError } from '../../plugin/index.js'
import { MAX_EVENTS } from '../../plugin/connections/event-log.js'
import { MAX_READERS } from '../../plugin/connections/readers.js'
import { within } from '../helpers/deadline.js'
import { connect } from '../helpers/handshake.js'
import { EventReader } from '../helpers/event-reader.js'
import { readEventStream } from '../helpers/event-stream.js'
import { listen } from '../helpers/http-client.js'
import { createServer, type TestServer } from '../helpers/server.js'

async function read (server: TestServer, id: string, query = '?timeout=0', headers = {}) {
  const { json } = await server.request<string>('GET', `/connections/${id}/events${query}`, undefined, { headers })
  return readEventStream(json)
}

t.test('GET /connections/:id/events -> from the first event on, as they happen, until the connection has closed', async t => {
  const server = await createServer(t)
  const client = await listen(t, server.app)
  const { connection: { id } } = await connect(t, server)
  const reader = await EventReader.open(t, client.port, `/connections/${id}/events`)
  t.match(reader.headers, { 'content-type': 'text/event-stream', 'cache-control': 'no-store, no-transform', 'x-accel-buffering': 'no', connection: 'close' })
  await reader.until(({ data }) => data.includes('"connectionState":"connected"'))
  await server.request('DELETE', `/connections/${id}`)
  const events = await reader.ended()
  t.strictSame(events.map(({ id }) => Number(id)), events.map((_event, index) => index + 1), 'each once')
  for (const { id, type, data } of events) t.match(JSON.parse(data), { id: Number(id), type })
  t.match(JSON.parse(events.at(-1)!.data), { type: 'closed', reason: 'deleted' })
  t.match(JSON.parse(events.at(-2)!.data), { type: 'state', connectionState: 'closed', signalingState: 'closed' })
  t.equal(events.filter(({ type }) => type === 'description').length, 1)
})

t.test('GET /connections/:id/events -> after Last-Event-ID, or else lastEventId, or else from the first', async t => {
  const server = await createServer(t)
  const { connection: { id } } = await connect(t, server)
  const all = await read(server, id)
  t.ok(all.length > 3)
  t.strictSame(await read(server, id, '?timeout=0&lastEventId=0'), all)
  t.strictSame(await read(server, id, '?timeout=0&lastEventId=2'), all.slice(2))
  t.strictSame(await read(server, id, '?timeout=0', { 'last-event-id': '2' }), all.slice(2))
  t.strictSame(await read(server, id, '?timeout=0&lastEventId=1', { 'last-event-id': '3' }), all.slice(3))
  const { lastEventId } = (await server.request<WebRtcConnection>('GET', `/connections/${id}`)).json
  t.equal(lastEventId, all.length)
  t.strictSame(await read(server, id, `?timeout=0&lastEventId=${lastEventId}`), [])
})

t.test('GET /connections/:id/events -> an id whose events are not kept any more, or that was never given -> 410, and lastEventId is where to go on', async t => {
  const server = await createServer(t)
  const { id } = await server.createConnection()
  const { events } = server.connections.getConnection(id)!
  for (let count = 0; count < MAX_EVENTS; count++) events.append({ type: 'candidate', candidate: { candidate: '' } })
  for (const query of ['?timeout=0', '?timeout=0&lastEventId=1', '?timeout=0&lastEventId=100000']) {
    const { statusCode, json } = await server.request<WebRtcError>('GET', `/connections/${id}/events${query}`)
    t.equal(statusCode, 410)
    t.equal(json.code, 'FST_WEBRTC_EVENTS_GONE')
  }
  const { lastEventId } = (await server.request<WebRtcConnection>('GET', `/connections/${id}`)).json
  t.strictSame(await read(server, id, `?timeout=0&lastEventId=${lastEventId}`), [])
})

for (const [query, headers] of [['?timeout=-1', {}], ['?timeout=x', {}], ['?timeout=86400001', {}], ['?lastEventId=-1', {}], ['?lastEventId=', {}], ['', { 'last-event-id': 'x' }], ['', { 'last-event-id': '-1' }], ['', { 'last-event-id': '1'.repeat(17) }]] as const) {
  t.test(`GET /connections/:id/events${query} ${JSON.stringify(headers)} -> 400`, async t => {
    const server = await createServer(t)
    const { id } = await server.createConnection()
    const { statusCode, json } = await server.request('GET', `/connections/${id}/events${query}`, undefined, { headers })
    t.equal(statusCode, 400)
    t.equal(json.code, 'FST_ERR_VALIDATION')
  })
}

t.test('GET /connections/:id/events -> a query that is the host\'s -> let through', async t => {
  const server = await createServer(t)
  const { id } = await server.createConnection()
  t.ok((await read(server, id, '?timeout=0&access_token=secret')).length > 0)
})

t.test('HEAD /connections/:id/events -> 404', async t => {
  const server = await createServer(t)
  const { id } = await server.createConnection()
  t.equal((await server.app.inject({ method: 'HEAD', url: `/connections/${id}/events` })).statusCode, 404)
})

t.test('GET /connections/:id/events?timeout -> ends after that time', async t => {
  const server = await createServer(t)
  const client = await listen(t, server.app)
  const { id } = await server.createConnection()
  const reader = await EventReader.open(t, client.port, `/connections/${id}/events?timeout=20`)
  t.notOk((await reader.ended()).some(({ type }) => type === 'closed'))
})

t.test(`GET /connections/:id/events ${MAX_READERS + 1} times -> the oldest ends, the others go on`, async t => {
  const server = await createServer(t)
  const client = await listen(t, server.app)
  const { id } = await server.createConnection()
  const readers = []
  for (let count = 0; count <= MAX_READERS; count++) readers.push(await EventReader.open(t, client.port, `/connections/${id}/events`))
  await readers[0]!.ended()
  await server.request('DELETE', `/connections/${id}`)
  for (const reader of readers.slice(1)) t.equal((await reader.ended()).at(-1)?.type, 'closed')
})

t.test('a client that goes -> its reader is forgotten', async t => {
  const server = await createServer(t)
  const client = await listen(t, server.app)
  const { id } = await server.createConnection()
  const readers = []
  for (let count = 0; count < MAX_READERS; count++) readers.push(await EventReader.open(t, client.port, `/connections/${id}/events`))
  readers[1]!.close()
  const completed = () => server.log.filter(({ msg }) => /premature|aborted|terminated/.test(msg)).length
  for (const end = performance.now() + 5000; completed() === 0 && performance.now() < end;) await new Promise(setImmediate)
  const another = await EventReader.open(t, client.port, `/connections/${id}/events`)
  await server.request('DELETE', `/connections/${id}`)
  for (const reader of [readers[0]!, another]) t.equal((await reader.ended()).at(-1)?.type, 'closed')
})

t.test('GET /connections/:id/events over HTTP/2 -> the same', async t => {
  const connections = new ConnectionManager({ bindAddress: '127.0.0.1', maxEventLoopDelay: Infinity })
  const app = Fastify({ http2: true })
  app.register(signaling, { connections })
  await app.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => app.close())
  const connection = await connections.createConnection()
  const session = connectHttp2(`http://127.0.0.1:${(app.server.address() as { port: number }).port}`)
  t.teardown(() => session.destroy())
  const stream = session.request({ ':path': `/connections/${connection.id}/events` })
  let text = ''
  const first = new Promise<void>(resolve => stream.setEncoding('utf8').on('data', chunk => { text += chunk; resolve() }))
  await within(first, 'the first event')
  const ended = new Promise(resolve => stream.on('end', resolve))
  connection.close()
  await within(ended, 'the stream to end')
  t.equal(readEventStream(text).at(-1)?.type, 'closed')
})

t.test('GET /connections/:id/events of a host that compresses what may be transformed -> not compressed, and at once', async t => {
  const server = await createServer(t, {
    host: app => app.addHook('onSend', async (_request, reply, payload) => {
      if (String(reply.getHeader('cache-control')).includes('no-transform')) return payload
      reply.header('content-encoding', 'gzip')
      return (payload as NodeJS.ReadableStream).pipe(createGzip())
    })
  })
  const client = await listen(t, server.app)
  const { id } = await server.connections.createConnection()
  const reader = await EventReader.open(t, client.port, `/connections/${id}/events`)
  await reader.until(({ type }) => type === 'description')
  t.equal(reader.headers['content-encoding'], undefined)
})

t.test('app.close() with open streams -> each has the end of its connection, and it takes milliseconds', async t => {
  const server = await createServer(t)
  const client = await listen(t, server.app)
  const { id } = await server.createConnection()
  const readers = []
  for (let count = 0; count < MAX_READERS; count++) readers.push(await EventReader.open(t, client.port, `/connections/${id}/events`))
  const started = performance.now()
  await server.app.close()
  t.ok(performance.now() - started < 1000)
  for (const reader of readers) t.match(JSON.parse((await reader.ended()).at(-1)!.data), { type: 'closed', reason: 'shutdown' })
})

import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { readEvents, type WebRtcEvent } from '../../generated-client/events.js'
import { createSignalingClient } from '../../generated-client/index.js'
import signaling, { ConnectionManager, type Connection } from '../../plugin/index.js'
import { MAX_EVENTS } from '../../plugin/connections/event-log.js'
import { signal, within } from '../helpers/deadline.js'

const DELAYS = { first: 4, last: 8 }

async function start (t: Test, fetchThrough?: (request: Request) => Promise<Response>) {
  const connections = new ConnectionManager({ bindAddress: '127.0.0.1', maxEventLoopDelay: Infinity })
  const app = Fastify()
  app.register(signaling, { connections })
  await app.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => app.close())
  const api = createSignalingClient({ baseUrl: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`, ...fetchThrough && { fetch: fetchThrough } })
  return { api, connection: await connections.createConnection() }
}

function happen (connection: Connection, count: number): void {
  for (let index = 0; index < count; index++) connection.events.append({ type: 'candidate', candidate: { candidate: 'x'.repeat(index % 50) } })
}

/** A body that is cut after so many bytes. */
function cutAfter (body: ReadableStream<Uint8Array>, length: number): ReadableStream<Uint8Array> {
  let left = length
  return body.pipeThrough(new TransformStream<Uint8Array, Uint8Array>({
    transform (chunk, controller) {
      if (chunk.length <= left) controller.enqueue(chunk)
      else {
        controller.enqueue(chunk.subarray(0, left))
        controller.error(new TypeError('terminated'))
      }
      left -= chunk.length
    }
  }))
}

t.test('readEvents over a path that is cut 100 times, anywhere -> each event once, in order', async t => {
  let cuts = 0
  let seed = 20261122
  const random = (below: number) => (seed = (seed * 1103515245 + 12345) % 2 ** 31) % below
  const { api, connection } = await start(t, async request => {
    const response = await fetch(request)
    if (!request.url.includes('/events') || cuts === 100) return response
    cuts++
    return new Response(cutAfter(response.body!, random(2000)), { status: response.status, headers: response.headers })
  })
  const ids: number[] = []
  const writing = setInterval(() => happen(connection, 1), 5)
  t.teardown(() => clearInterval(writing))
  const types = new Set<string>()
  for await (const event of readEvents(api, connection.id, {}, DELAYS)) {
    ids.push(event.id)
    types.add(event.type)
    if (cuts === 100 && event.type !== 'closed') {
      clearInterval(writing)
      connection.close()
    }
  }
  t.equal(cuts, 100)
  t.same(ids, ids.map((_id, index) => index + 1), 'no event lost, none doubled')
  t.ok(types.has('closed') && ids.length > 100)
})

t.test('readEvents after lastEventId -> what comes after it', async t => {
  const { api, connection } = await start(t)
  const { lastEventId } = connection.toJSON()
  happen(connection, 1)
  const { value } = await readEvents(api, connection.id, { lastEventId }).next()
  t.equal((value as WebRtcEvent).id, lastEventId + 1)
})

t.test('readEvents of a connection that is not there -> 404; of one that has gone meanwhile -> ends', async t => {
  const { api, connection } = await start(t, async request => {
    const response = await fetch(request)
    return response.ok ? new Response(cutAfter(response.body!, 400), response) : response
  })
  await t.rejects(readEvents(api, 'unknown').next(), { name: 'ConnectionError', statusCode: 404 })
  const events = readEvents(api, connection.id, {}, DELAYS)
  t.notOk((await events.next()).done)
  connection.close()
  let last: WebRtcEvent | undefined
  for await (const event of events) last = event
  t.not(last?.type, 'closed')
})

t.test('readEvents whose next event is not kept any more -> FST_WEBRTC_EVENTS_GONE', async t => {
  const { api, connection } = await start(t)
  happen(connection, MAX_EVENTS + 10)
  await t.rejects(readEvents(api, connection.id, { lastEventId: 1 }).next(), { code: 'FST_WEBRTC_EVENTS_GONE', statusCode: 410 })
})

t.test('readEvents when a stream ends, the server cannot be reached, is busy, or is behind a proxy that is -> asks again', async t => {
  const ended = () => new Response(':\n\n', { headers: { 'content-type': 'text/event-stream' } })
  const answers = [ended, () => Promise.reject(new TypeError('fetch failed')), () => new Response('busy', { status: 503 }), () => new Response('too many', { status: 429 }), () => new Response('bad gateway', { status: 502 })]
  const { api, connection } = await start(t, async request => await (answers.shift() ?? (() => fetch(request)))())
  t.notOk((await readEvents(api, connection.id, {}, DELAYS).next()).done)
  t.equal(answers.length, 0)
})

t.test('readEvents when something else answers -> UNEXPECTED_ANSWER', async t => {
  const { api, connection } = await start(t, async () => new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } }))
  await t.rejects(readEvents(api, connection.id).next(), { code: 'UNEXPECTED_ANSWER', statusCode: 200 })
})

t.test('readEvents with a signal -> throws its reason: before it begins, while it reads, while it waits', async t => {
  let isCut = false
  const waiting = signal()
  const { api, connection } = await start(t, async request => {
    if (!isCut) return await fetch(request)
    waiting.resolve()
    throw new TypeError('fetch failed')
  })
  const read = (signal: AbortSignal, delays = DELAYS) => readEvents(api, connection.id, { lastEventId: connection.toJSON().lastEventId, signal }, delays).next()
  await t.rejects(read(AbortSignal.abort(new Error('left'))), { message: 'left' })
  const reading = new AbortController()
  const events = readEvents(api, connection.id, { signal: reading.signal })
  await events.next()
  setTimeout(() => reading.abort(new Error('left')), 10)
  await t.rejects(within((async () => { for await (const event of events) t.ok(event) })(), 'the end'), { message: 'left' })
  isCut = true
  const controller = new AbortController()
  const waits = read(controller.signal, { first: 100_000, last: 100_000 })
  await waiting.promise
  setTimeout(() => controller.abort(new Error('left')), 10)
  await t.rejects(within(waits, 'the end'), { message: 'left' })
})

t.test('readEvents of a stream that was open for long -> asks again soon', async t => {
  let asked = 0
  const { api, connection } = await start(t, async request => {
    asked++
    if (asked > 4) return await fetch(request)
    await new Promise(resolve => setTimeout(resolve, 5))
    throw new TypeError('terminated')
  })
  await within(readEvents(api, connection.id, {}, { first: 1, last: 2 }).next(), 'an event', 2000)
  t.equal(asked, 5)
})

import { connect as connectSocket } from 'node:net'
import t, { type Test } from 'tap'
import type { WebRtcConnection } from '../../plugin/index.js'
import { livePeerConnections } from '../../plugin/peer/native-connection.js'
import { signal, within } from '../helpers/deadline.js'
import { description } from '../helpers/descriptions.js'
import { connect, createFarEnd, offered } from '../helpers/handshake.js'
import { listen, type HttpAnswer, type HttpClient } from '../helpers/http-client.js'
import { withoutCandidates } from '../helpers/native-peer.js'
import { createServer, type TestServer } from '../helpers/server.js'
import { silentServer } from '../helpers/silent-server.js'

/** Closing takes a few milliseconds; what this allows is for a machine that does something else. */
const DEADLINE = 1000

/** Brings a server to the step, and gives the requests that are then still without an answer, each with the statuses it may get. */
type Step = (t: Test) => Promise<{ server: TestServer, client: HttpClient, requests?: [request: Promise<HttpAnswer>, statuses: number[]][], after?: () => Promise<void> }>

const STEPS: Record<string, Step> = {
  async nothing (t) {
    const server = await createServer(t)
    return { server, client: await listen(t, server.app) }
  },

  async 'while the hooks run' (t) {
    const running = signal()
    let count = 0
    const hook = () => {
      if (++count === 2) running.resolve()
      return new Promise(() => {})
    }
    const server = await createServer(t, { beforeOffer: hook, beforeAnswer: hook })
    const client = await listen(t, server.app)
    const requests = [client.post('/connections'), client.post('/connections', { remoteDescription: description('chromium-offer') })]
    await within(running.promise, 'the hooks to run')
    return { server, client, requests: requests.map(request => [request, [503]]) }
  },

  async 'while candidates are gathered' (t) {
    const running = signal()
    const port = await silentServer(t)
    const server = await createServer(t, {
      timeToHostCandidates: 5000,
      iceServers: [{ urls: `stun:127.0.0.1:${port}` }],
      beforeOffer: peerConnection => peerConnection.addEventListener('icegatheringstatechange', () => running.resolve())
    })
    const client = await listen(t, server.app)
    const request = client.post('/connections')
    await within(running.promise, 'gathering to begin')
    return { server, client, requests: [[request, [503]]] }
  },

  async 'after the offer' (t) {
    const server = await createServer(t)
    const client = await listen(t, server.app)
    await offered(t, server)
    return { server, client }
  },

  async 'while the answer arrives' (t) {
    const arrived = signal()
    const server = await createServer(t, { host: app => app.addHook('onRequest', async ({ url }) => { if (url.endsWith('/remote-description')) arrived.resolve() }) })
    const client = await listen(t, server.app)
    const { connection: { id }, answer } = await offered(t, server)
    const request = client.post(`/connections/${id}/remote-description`, { type: 'answer', sdp: answer })
    await within(arrived.promise, 'the answer to arrive')
    return { server, client, requests: [[request, [200, 404]]] }
  },

  async 'while it connects' (t) {
    const server = await createServer(t)
    const client = await listen(t, server.app)
    const { connection: { id } } = await offered(t, server)
    await server.setRemoteDescription(id, description('chromium-answer').sdp)
    t.equal(server.connections.getConnection(id)?.peerConnection.connectionState, 'connecting')
    return { server, client }
  },

  async 'when connected' (t) {
    const server = await createServer(t)
    const client = await listen(t, server.app)
    const { farEnd } = await connect(t, server)
    return { server, client, after: () => farEnd.closed() }
  },

  async 'after the far end is lost' (t) {
    const server = await createServer(t)
    const client = await listen(t, server.app)
    const { connection: { id }, farEnd } = await connect(t, server)
    await farEnd.close()
    await server.state(id, 'disconnected')
    return { server, client }
  }
}

for (const [name, step] of Object.entries(STEPS)) {
  t.test(`app.close() ${name} -> in milliseconds, each request has its answer, nothing is left`, async t => {
    const { server, client, requests = [], after } = await step(t)
    const started = performance.now()
    await within(server.app.close(), 'app.close()')
    const elapsed = performance.now() - started
    t.ok(elapsed < DEADLINE, `closed after ${Math.round(elapsed)} ms`)
    for (const [request, statuses] of requests) {
      const { statusCode, body } = await request
      t.ok(statuses.includes(statusCode), `${statusCode} is one of ${statuses}`)
      if (statusCode === 503 && body.includes('code')) t.match(JSON.parse(body), { code: 'FST_WEBRTC_CLOSING', message: 'The server is closing' })
    }
    t.equal(server.connections.size, 0)
    t.equal(livePeerConnections(), 0)
    await after?.()
    await t.rejects(client.post('/connections'), { code: /ECONNREFUSED|ECONNRESET/ })
  })
}

t.test('requests over sockets that stay open, before, while and after app.close() -> each has an answer or no connection', async t => {
  const server = await createServer(t, { listConnections: true })
  const client = await listen(t, server.app)
  const { body } = await client.post('/connections')
  const { id } = JSON.parse(body) as WebRtcConnection
  const answer = createFarEnd(t).answer(withoutCandidates(server.connections.getConnection(id)!.localDescription!.sdp))
  const ask = () => [
    client.post('/connections'),
    client.post('/connections', { remoteDescription: description('firefox-offer') }),
    client.request('GET', '/connections'),
    client.post(`/connections/${id}/remote-description`, { type: 'answer', sdp: answer }),
    client.request('GET', `/connections/${id}/local-description`),
    client.request('DELETE', `/connections/${id}`)
  ]
  const results = ask().map(settled)
  await Promise.race(results)
  const closed = server.app.close()
  results.push(...ask().map(settled))
  await within(closed, 'app.close()')
  results.push(...ask().map(settled))
  for (const result of await Promise.all(results)) {
    // What is no answer is a socket that was closed or refused: never a wrong answer, never none.
    if (result.status === 'rejected') t.match(result.reason, { code: /ECONNREFUSED|ECONNRESET|EPIPE/ })
    else t.ok([200, 201, 404, 409, 503].includes(result.value.statusCode))
  }
})

async function settled<Value> (promise: Promise<Value>): Promise<PromiseSettledResult<Value>> {
  const [result] = await Promise.allSettled([promise])
  return result!
}

t.test('a body that is still arriving when app.close() begins -> has its answer', async t => {
  const server = await createServer(t)
  const client = await listen(t, server.app)
  const { connection: { id }, answer } = await offered(t, server)
  const socket = connectSocket(client.port, '127.0.0.1')
  t.teardown(() => { socket.destroy() })
  const body = JSON.stringify({ type: 'answer', sdp: answer })
  const half = body.length / 2
  let text = ''
  const ended = new Promise<void>((resolve, reject) => { socket.setEncoding('utf8').on('data', chunk => { text += chunk }).on('end', resolve).on('error', reject) })
  socket.write(`POST /connections/${id}/remote-description HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nexpect: 100-continue\r\n\r\n`)
  await within(new Promise(resolve => socket.once('data', resolve)), 'the server to ask for the body')
  socket.write(body.slice(0, half))
  const closed = server.app.close()
  await server.state(id, 'closed: shutdown')
  socket.write(body.slice(half))
  await within(ended, 'the socket to end')
  t.match(text, /HTTP\/1\.1 404 Not Found/)
  await within(closed, 'app.close()')
})

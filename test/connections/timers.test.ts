import t, { type Test } from 'tap'
import type { WebRtcConnection } from '../../plugin/index.js'
import { description } from '../helpers/descriptions.js'
import { connect, offered } from '../helpers/handshake.js'
import { createServer } from '../helpers/server.js'
import { silentServer } from '../helpers/silent-server.js'

/** A timer may be early by the clock's grain, and late on a busy machine. */
function assertElapsed (t: Test, started: number, time: number): void {
  const elapsed = performance.now() - started
  t.ok(elapsed >= time - 5 && elapsed < time + 2000, `${Math.round(elapsed)} ms have passed of ${time}`)
}

t.test('an offer that nobody answers -> closed after timeToConnected, reason timeout', async t => {
  const server = await createServer(t, { timeToConnected: 200 })
  const started = performance.now()
  const { id } = await server.createConnection()
  await server.state(id, 'closed: timeout')
  assertElapsed(t, started, 200)
  t.equal((await server.request('GET', `/connections/${id}`)).statusCode, 404)
})

t.test('an answer that never connects -> closed after timeToConnected, reason timeout', async t => {
  const server = await createServer(t, { timeToConnected: 300 })
  const started = performance.now()
  const { connection: { id } } = await offered(t, server)
  t.equal((await server.setRemoteDescription(id, description('chromium-answer').sdp)).statusCode, 200)
  await server.state(id, 'closed: timeout')
  assertElapsed(t, started, 300)
})

t.test("a client's offer that never connects -> closed after timeToConnected, reason timeout", async t => {
  const server = await createServer(t, { timeToConnected: 200 })
  const { id } = await server.createConnection(description('chromium-offer'))
  await server.state(id, 'closed: timeout')
})

t.test('connected -> outlives timeToConnected', async t => {
  const server = await createServer(t, { timeToConnected: 3000 })
  const { connection: { id } } = await connect(t, server)
  // A connection made later, whose time passes later.
  const { id: later } = await server.createConnection()
  await server.state(later, 'closed: timeout')
  t.equal(server.connections.getConnection(id)?.peerConnection.connectionState, 'connected')
})

t.test('a far end that closes -> disconnected at once, closed after timeToReconnected, reason peer', async t => {
  const disconnected: string[] = []
  const server = await createServer(t, { timeToReconnected: 200, onDisconnected: ({ id }) => disconnected.push(id) })
  const { connection: { id }, farEnd } = await connect(t, server)
  await farEnd.close()
  await server.state(id, 'disconnected')
  const lost = performance.now()
  const { statusCode, json } = await server.request<WebRtcConnection>('GET', `/connections/${id}`)
  t.equal(statusCode, 200)
  t.match(json, { state: 'open', connectionState: /disconnected|closed/ })
  await server.state(id, 'closed: peer')
  assertElapsed(t, lost, 200)
  t.strictSame(disconnected, [id], 'told once')
})

t.test('a lost connection -> its DELETE answers 200, an answer 409', async t => {
  const server = await createServer(t)
  const { connection: { id }, farEnd, answer } = await connect(t, server)
  await farEnd.close()
  await server.state(id, 'disconnected')
  t.equal((await server.setRemoteDescription(id, answer)).statusCode, 409)
  t.equal((await server.request('DELETE', `/connections/${id}`)).statusCode, 200)
  await server.state(id, 'closed: deleted')
})

t.test('gathering that does not end -> what is there after timeToHostCandidates', async t => {
  const port = await silentServer(t)
  const server = await createServer(t, { timeToHostCandidates: 200, iceServers: [{ urls: `stun:127.0.0.1:${port}` }] })
  for (const offer of [undefined, description('chromium-offer')]) {
    const started = performance.now()
    const { iceGatheringState, localDescription } = await server.createConnection(offer)
    assertElapsed(t, started, 200)
    t.equal(iceGatheringState, 'gathering')
    t.match(localDescription?.sdp, /^a=candidate:.* typ host\r$/m)
  }
})

t.test('gathering that finds nothing -> 504 after timeToHostCandidates', async t => {
  const port = await silentServer(t)
  const iceServers = [{ urls: `turn:127.0.0.1:${port}`, username: 'user', credential: 'secret' }]
  const server = await createServer(t, { timeToHostCandidates: 200, iceTransportPolicy: 'relay', iceServers })
  const { statusCode, json, body } = await server.request('POST', '/connections')
  t.equal(statusCode, 504)
  t.match(json, { code: 'FST_WEBRTC_NEGOTIATION_TIMED_OUT', message: 'The negotiation timed out: no candidate was gathered within timeToHostCandidates' })
  t.notMatch(body, 'secret')
  t.equal(server.connections.size, 0)
})

t.test('gathering that outlasts timeToConnected -> 504', async t => {
  const port = await silentServer(t)
  const server = await createServer(t, { timeToConnected: 150, timeToHostCandidates: 5000, iceServers: [{ urls: `stun:127.0.0.1:${port}` }] })
  const started = performance.now()
  const { statusCode, json } = await server.request('POST', '/connections')
  assertElapsed(t, started, 150)
  t.equal(statusCode, 504)
  t.match(json.message, /within timeToConnected$/)
})

t.test('beforeOffer or beforeAnswer that never settles -> 504 after timeToConnected', async t => {
  const server = await createServer(t, { timeToConnected: 150, beforeOffer: () => new Promise(() => {}), beforeAnswer: () => new Promise(() => {}) })
  for (const remoteDescription of [undefined, description('chromium-offer')]) {
    const started = performance.now()
    const { statusCode, json } = await server.request('POST', '/connections', remoteDescription && { remoteDescription })
    assertElapsed(t, started, 150)
    t.equal(statusCode, 504)
    t.equal(json.code, 'FST_WEBRTC_NEGOTIATION_TIMED_OUT')
    t.equal(server.connections.size, 0)
  }
})

t.test('a connection that has closed, at whatever step -> no timer is left', async t => {
  const TIME = 12_345
  const running = new Set<unknown>()
  const { setTimeout, clearTimeout } = globalThis
  t.intercept(globalThis, 'setTimeout', {
    value (callback: () => void, time?: number) {
      const timer = setTimeout(callback, time)
      if (time === TIME) running.add(timer)
      return timer
    }
  })
  t.intercept(globalThis, 'clearTimeout', {
    value (timer: NodeJS.Timeout) {
      running.delete(timer)
      clearTimeout(timer)
    }
  })

  const server = await createServer(t, { timeToConnected: TIME, timeToHostCandidates: TIME, timeToReconnected: TIME })
  const unanswered = await server.createConnection()
  const { connection: connected } = await connect(t, server)
  const { connection: lost, farEnd } = await connect(t, server)
  await farEnd.close()
  await server.state(lost.id, 'disconnected')
  t.equal(running.size, 2, 'that of the unanswered one and that of the lost one')
  for (const { id } of [unanswered, connected, lost]) await server.request('DELETE', `/connections/${id}`)
  t.equal(running.size, 0)
})

import t from 'tap'
import { ConnectionManager } from '../../plugin/index.js'
import { RateLimit } from '../../plugin/connections/rate-limit.js'
import { ReconnectTokens } from '../../plugin/connections/reconnect-tokens.js'
import { Admission } from '../../plugin/connections/admission.js'
import { resolveManagerOptions } from '../../plugin/options.js'
import { PeerConnection } from '../../plugin/peer/peer-connection.js'
import { signal } from '../helpers/deadline.js'
import { connectAgain, ping, reconnect, reconnectServer } from '../helpers/reconnect.js'

t.test('reconnect with as many pending connections as there may be -> 503 or 429 with Retry-After, the peer as it was; 200 when there is room', async t => {
  for (const [option, statusCode] of [['maxPendingConnections', 503], ['maxPendingConnectionsPerAddress', 429]] as const) {
    const { server, journal, connection, id, token, farEnd } = await reconnectServer(t, { [option]: 1 })
    const other = await server.createConnection()
    const { peerConnection } = connection
    const answer = await reconnect(server, id, token)
    t.equal(answer.statusCode, statusCode)
    t.equal(answer.headers['retry-after'], '10')
    t.equal(connection.peerConnection, peerConnection)
    t.equal(await ping(farEnd), 'pong 1')
    await server.request('DELETE', `/connections/${other.id}`)
    const next = await reconnect(server, id, token)
    t.equal((await server.request('POST', '/connections')).statusCode, statusCode, 'it counts itself')
    const third = await reconnect(server, id, next.json.reconnectToken)
    t.equal(third.statusCode, 200, 'but not twice')
    await connectAgain(t, server, id, third)
    await journal.until('connected', 2)
    t.equal((await server.createConnection()).state, 'open')
    await server.connections.close()
  }
})

t.test('Retry-After while a lost connection gets another peer -> the time that the peer has, not that of the connection', async t => {
  const begun = signal()
  const { server, connection, id, token, farEnd } = await reconnectServer(t, { maxPendingConnections: 1, timeToConnected: 3000, timeToReconnected: 60_000, onReconnect: () => { begun.resolve(); return new Promise(() => {}) } })
  t.equal(connection.pendingUntil, Infinity)
  await farEnd.close()
  await server.state(id, 'disconnected')
  const reconnected = reconnect(server, id, token)
  await begun.promise
  const { statusCode, headers } = await server.request('POST', '/connections')
  t.equal(statusCode, 503)
  t.equal(headers['retry-after'], '3')
  await server.connections.close()
  await reconnected
})

t.test('reconnect with as many connections as there may be, all connected -> 200: it has its place', async t => {
  const { server, id, token } = await reconnectServer(t, { maxConnections: 1, maxConnectionsPerAddress: 1 })
  t.equal((await reconnect(server, id, token)).statusCode, 200)
})

t.test('reconnect more often than maxReconnectsPerMinute -> 429 with Retry-After, before any hook; a wrong token takes nothing', async t => {
  const { server, journal, id, token } = await reconnectServer(t, { maxReconnectsPerMinute: 2 })
  for (let count = 0; count < 5; count++) t.equal((await reconnect(server, id, 'wrong')).statusCode, 403)
  for (let count = 0; count < 2; count++) t.equal((await reconnect(server, id, token)).statusCode, 200)
  const { statusCode, json, headers } = await reconnect(server, id, token)
  t.equal(statusCode, 429)
  t.match(json, { code: 'FST_WEBRTC_TOO_MANY_RECONNECTS', message: 'Too many new peers for one connection: at most 2 in a minute' })
  t.ok(Number(headers['retry-after']) >= 58 && Number(headers['retry-after']) <= 60)
  t.equal(journal.entries.filter(entry => entry === 'beforeOffer again').length, 2)
})

t.test('reconnect while 100 peers are being released, more than there may be connections -> 503, the peer as it was; 200 when they are gone', async t => {
  const gone = signal()
  const { release } = PeerConnection.prototype
  t.intercept(PeerConnection.prototype, 'release', { value (this: PeerConnection) { return Promise.all([release.call(this), gone.promise]) } })
  const manager = new ConnectionManager({ bindAddress: '127.0.0.1', maxConnections: 1, maxReconnectsPerMinute: Infinity, maxEventLoopDelay: Infinity })
  t.teardown(() => manager.close())
  const connection = await manager.createConnection()
  const reconnect = () => connection.reconnect({ reconnectToken: connection.reconnectToken })
  for (let count = 0; count < 100; count++) await reconnect()
  const { peerConnection } = connection
  await t.rejects(reconnect(), { code: 'FST_WEBRTC_TOO_MANY_CLOSING_CONNECTIONS' })
  t.equal(connection.peerConnection, peerConnection)
  gone.resolve()
  await new Promise(setImmediate)
  await reconnect()
})

t.test('readmit while the event loop is late -> refused as a new one is', async t => {
  const admission = new Admission(resolveManagerOptions({ maxEventLoopDelay: 1 }))
  t.teardown(() => admission.close())
  const admitted = { endsAt: Infinity, pendingUntil: Infinity }
  admission.add(admitted)
  admission.readmit(admitted)
  const until = performance.now() + 20_000
  const isRefused = () => {
    try {
      admission.readmit(admitted)
      return false
    } catch (error) {
      return t.match(error, { code: 'FST_WEBRTC_OVERLOADED' })
    }
  }
  // Each turn of the event loop as long as one that is too long.
  while (!isRefused() && performance.now() < until) {
    const end = performance.now() + 120
    while (performance.now() < end);
    await new Promise(resolve => setTimeout(resolve, 1))
  }
  t.throws(() => admission.admit({}), { code: 'FST_WEBRTC_OVERLOADED' })
})

t.test('ReconnectTokens: at first one; used -> it and the next; the next is used, or the peer connects -> it no more', async t => {
  const tokens = new ReconnectTokens()
  const first = tokens.latest
  t.match(first, /^[\w-]{22}$/)
  tokens.peerConnected()
  t.equal(tokens.latest, first)
  tokens.use(first)
  const second = tokens.latest
  t.not(second, first)
  tokens.use(first)
  t.equal(tokens.latest, second)
  t.strictSame([first, second].map(token => tokens.accept(token)), [true, true])
  tokens.use(second)
  const third = tokens.latest
  t.strictSame([first, second, third].map(token => tokens.accept(token)), [false, true, true])
  tokens.peerConnected()
  t.strictSame([first, second, third, '', `${third}=`].map(token => tokens.accept(token)), [false, false, true, false, false])
})

t.test('RateLimit of 2 in 100 ms: the third has to wait for the first to be 100 ms ago', async t => {
  const rate = new RateLimit(2, 100)
  t.strictSame([0, 30, 60, 99, 100, 101, 130, 131].map(now => rate.take(now)), [0, 0, 40, 1, 0, 29, 0, 69])
  const none = new RateLimit(Infinity, 100)
  t.strictSame([1, 1, 1].map(now => none.take(now)), [0, 0, 0])
})

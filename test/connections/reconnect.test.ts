import t from 'tap'
import type { PeerConnection } from '../../plugin/index.js'
import { livePeerConnections } from '../../plugin/peer/native-connection.js'
import { signal, within } from '../helpers/deadline.js'
import { description } from '../helpers/descriptions.js'
import { createFarEnd } from '../helpers/handshake.js'
import { withoutCandidates } from '../helpers/native-peer.js'
import { connectAgain, ping, reconnect, reconnectServer } from '../helpers/reconnect.js'

t.test('POST /connections/:id/reconnect before the server has noticed anything -> another peer, the same connection, context and id', async t => {
  const { server, journal, connection, id, token, farEnd } = await reconnectServer(t)
  const { context, peerConnection: first } = connection
  t.equal(await ping(farEnd), 'pong 1')
  const answer = await reconnect(server, id, token)
  t.match(answer.json, { id, state: 'open', connectionState: 'new', signalingState: 'have-local-offer', localDescription: { type: 'offer' } })
  t.not(connection.peerConnection, first)
  t.equal(first.connectionState, 'closed')
  t.equal(connection.isPending, true)
  const again = await connectAgain(t, server, id, answer)
  await journal.until('connected', 2)
  t.equal(connection.isPending, false)
  t.equal(connection.context, context)
  t.equal(await ping(again), 'pong 2')
  await farEnd.closed()
  t.strictSame(journal.entries, ['beforeOffer', 'connected', 'beforeOffer again', 'disconnected', 'connected'])
  t.strictSame({ size: server.connections.size, pendingSize: server.connections.pendingSize }, { size: 1, pendingSize: 0 })
})

t.test("reconnect with the client's offer, after the server has noticed the loss -> the server answers it", async t => {
  const { server, journal, id, token, farEnd } = await reconnectServer(t)
  await farEnd.close()
  await journal.until('disconnected')
  const again = createFarEnd(t)
  const { statusCode, json } = await reconnect(server, id, token, withoutCandidates(again.offer()))
  t.equal(statusCode, 200)
  t.equal(json.localDescription?.type, 'answer')
  again.applyAnswer(json.localDescription!.sdp)
  await journal.until('connected', 2)
  await again.connected()
  t.equal(await ping(again), 'pong 1')
  t.strictSame(journal.entries, ['beforeOffer', 'connected', 'disconnected', 'beforeAnswer again', 'connected'])
})

t.test('reconnect of a connection that never connected -> another peer, which connects', async t => {
  const { server, journal } = await reconnectServer(t)
  const { id, reconnectToken } = await server.createConnection()
  const answer = await reconnect(server, id, reconnectToken)
  t.equal(server.connections.pendingSize, 1)
  await connectAgain(t, server, id, answer)
  await journal.until('connected', 2)
  t.notOk(journal.entries.includes('disconnected'), 'there was nothing to lose')
})

t.test('what still happens to a peer that was replaced -> no matter to the connection', async t => {
  const { server, journal, connection, id, token, farEnd } = await reconnectServer(t)
  const { peerConnection: first } = connection
  let closed = 0
  first.addEventListener('connectionstatechange', () => {
    if (first.connectionState === 'closed') closed++
    throw new Error('of the old peer')
  })
  const channel = farEnd.createDataChannel('mine')
  await channel.opened()
  await connectAgain(t, server, id, await reconnect(server, id, token))
  await journal.until('connected', 2)
  await farEnd.closed()
  await channel.closed()
  first.close()
  t.equal(closed, 1, 'the application is told')
  t.strictSame(server.errors(id), ['connectionstatechange: of the old peer'])
  t.equal(connection.state, 'open')
  t.equal(connection.peerConnection.connectionState, 'connected')
  t.equal(journal.entries.filter(entry => entry === 'disconnected').length, 1)
})

/** Tokens that are not the connection's. */
const WRONG_TOKENS = ['a', 'A'.repeat(22), '\u00e9'.repeat(22), 'x'.repeat(64)]

t.test('reconnect with the id and without the token -> 403, and nothing else', async t => {
  const { server, journal, connection, id, token, farEnd } = await reconnectServer(t)
  const { peerConnection } = connection
  for (const wrong of [...WRONG_TOKENS, `${token}A`, token.slice(1), token.toLowerCase()]) {
    const { statusCode, json, body } = await reconnect(server, id, wrong)
    t.equal(statusCode, 403)
    t.equal(json.code, 'FST_WEBRTC_INVALID_RECONNECT_TOKEN')
    t.notMatch(body, wrong.length > 1 ? wrong : id)
  }
  for (const wrong of [undefined, '', 1, 'x'.repeat(65), { token }]) t.equal((await reconnect(server, id, wrong)).statusCode, 400)
  t.equal(connection.peerConnection, peerConnection)
  t.equal(await ping(farEnd), 'pong 1')
  t.strictSame(journal.entries, ['beforeOffer', 'connected'])
  t.equal(connection.reconnectToken, token)
})

t.test('a token that was used -> good, and good for the same next one, until its peer has connected, then 403', async t => {
  const { server, journal, id, token } = await reconnectServer(t)
  const lost = await reconnect(server, id, token)
  const found = await reconnect(server, id, token)
  const next = found.json.reconnectToken!
  t.not(next, token)
  t.equal(lost.json.reconnectToken, next)
  t.not(lost.json.localDescription!.sdp, found.json.localDescription!.sdp)
  const farEnd = await connectAgain(t, server, id, found)
  await journal.until('connected', 2)
  t.equal((await reconnect(server, id, token)).statusCode, 403)
  t.equal(await ping(farEnd), 'pong 1', 'as it was')
  const { statusCode, json } = await reconnect(server, id, next)
  t.equal(statusCode, 200)
  t.notOk([token, next].includes(json.reconnectToken!))
})

t.test('a second client with the current token -> the last one has the connection, the first one is 403 from then on', async t => {
  const { server, journal, id, token, farEnd } = await reconnectServer(t)
  const second = await connectAgain(t, server, id, await reconnect(server, id, token))
  await journal.until('connected', 2)
  await farEnd.closed()
  t.equal((await reconnect(server, id, token)).statusCode, 403)
  t.equal(await ping(second), 'pong 1')
})

t.test('the token -> in the answers of createConnection and reconnectConnection, and nowhere else', async t => {
  const { server, id, token } = await reconnectServer(t, { listConnections: true })
  const { json: { reconnectToken: next } } = await reconnect(server, id, token)
  const [other] = await Promise.all([server.createConnection(description('chromium-offer'))])
  t.match(other.reconnectToken, /^[\w-]{22}$/)
  for (const [method, path] of [['GET', ''], ['GET', `/${id}`], ['GET', `/${id}/local-description`], ['DELETE', `/${id}`]] as const) {
    const { body, statusCode } = await server.request(method, `/connections${path}`)
    t.equal(statusCode, 200)
    for (const secret of [token, next!, other.reconnectToken!, 'reconnectToken']) t.notOk(body.includes(secret), `${method} ${path}`)
  }
  const log = JSON.stringify(server.log)
  for (const secret of [token, next!]) t.notOk(log.includes(secret))
})

/** Hooks of a reconnect that fail, and what the client is told. */
const FAILING_HOOKS: Record<string, { hook: () => unknown, statusCode: number }> = {
  throws: { hook: () => { throw new Error('of the hook') }, statusCode: 500 },
  rejects: { hook: async () => { throw new Error('of the hook') }, statusCode: 500 },
  'never settles': { hook: () => new Promise(() => {}), statusCode: 504 }
}

for (const [name, { hook, statusCode }] of Object.entries(FAILING_HOOKS)) {
  t.test(`reconnect when the hook ${name} -> ${statusCode}, the peer as it was, the token too`, async t => {
    const { server, journal, connection, id, token, farEnd } = await reconnectServer(t, { timeToConnected: 1000, onReconnect: hook })
    const { peerConnection } = connection
    for (const offer of [undefined, description('chromium-offer').sdp]) t.equal((await reconnect(server, id, token, offer)).statusCode, statusCode)
    t.equal(connection.peerConnection, peerConnection)
    t.equal(connection.isPending, false)
    t.equal(server.connections.pendingSize, 0)
    t.equal(connection.reconnectToken, token)
    t.equal(await ping(farEnd), 'pong 1')
    t.strictSame(journal.entries, ['beforeOffer', 'connected', 'beforeOffer again', 'beforeAnswer again'])
  })
}

t.test('reconnect with an offer that is none, or when no port is left -> 400 and 503, the peer as it was', async t => {
  const portRange = { begin: 41_000, end: 41_000 }
  const { server, id, token, farEnd } = await reconnectServer(t, { portRange })
  t.equal((await reconnect(server, id, token, 'v=0')).statusCode, 400)
  t.equal((await server.request('POST', `/connections/${id}/reconnect`, { reconnectToken: token, remoteDescription: description('chromium-answer') })).statusCode, 400)
  const { statusCode, json } = await reconnect(server, id, token)
  t.equal(statusCode, 503)
  t.equal(json.code, 'FST_WEBRTC_NO_SOCKET')
  t.equal(await ping(farEnd), 'pong 1')
})

t.test('a hook of a reconnect that closes its peer -> 500, the peer as it was; one that closes the connection -> 500, and it is closed', async t => {
  let isFatal = false
  const { server, journal, id, token, farEnd } = await reconnectServer(t, {
    onReconnect: (peerConnection, { connection }) => isFatal ? connection.close() : peerConnection.close()
  })
  t.equal((await reconnect(server, id, token)).statusCode, 500)
  t.equal(await ping(farEnd), 'pong 1')
  isFatal = true
  t.equal((await reconnect(server, id, token)).statusCode, 500)
  t.equal(journal.entries.at(-1), 'closed: application')
})

/** What may end a connection while the hook of its reconnect runs. */
const ENDS: Record<string, { end: (context: Awaited<ReturnType<typeof reconnectServer>>) => unknown, statusCode: number, reason: string }> = {
  DELETE: { end: ({ server, id }) => server.request('DELETE', `/connections/${id}`), statusCode: 404, reason: 'deleted' },
  'connection.close()': { end: ({ connection }) => connection.close(), statusCode: 500, reason: 'application' },
  'peerConnection.close()': { end: ({ connection }) => connection.peerConnection.close(), statusCode: 500, reason: 'application' },
  'connections.close()': { end: ({ server }) => server.connections.close(), statusCode: 503, reason: 'shutdown' },
  'a limit that the old peer exceeds': {
    end: async ({ farEnd }) => {
      const channel = farEnd.createDataChannel('flood')
      await channel.opened()
      for (let count = 0; count < 200; count++) channel.send('x')
    },
    statusCode: 404,
    reason: 'limit-exceeded'
  }
}

for (const [name, { end, statusCode, reason }] of Object.entries(ENDS)) {
  t.test(`${name} while the hook of a reconnect runs -> ${statusCode}, everything is released`, async t => {
    const [asked, go] = [signal(), signal()]
    const context = await reconnectServer(t, { maxMessagesPerSecond: 100, onReconnect: () => { asked.resolve(); return go.promise } })
    const { server, journal, connection, id, token } = context
    const answer = reconnect(server, id, token)
    await within(asked.promise, 'the hook')
    t.equal(connection.isPending, true)
    await end(context)
    t.equal((await answer).statusCode, statusCode)
    await journal.until(`closed: ${reason}`)
    await connection.released
    go.resolve()
    await new Promise(setImmediate)
    t.equal(livePeerConnections(), 0)
    t.strictSame({ size: server.connections.size, pendingSize: server.connections.pendingSize }, { size: 0, pendingSize: 0 })
    t.strictSame(journal.entries.filter(entry => /^closed|^disconnected/.test(entry)), [`closed: ${reason}`])
  })
}

t.test('close at whatever microtask of a reconnect -> the connection is closed, nothing is left, nobody is told twice', async t => {
  for (let ticks = 0; ticks < 30; ticks++) {
    const { server, journal, connection, id, token } = await reconnectServer(t)
    const closeLater = async () => {
      for (let tick = 0; tick < ticks; tick++) await undefined
      connection.close()
    }
    const hook = (peerConnection: PeerConnection) => peerConnection.addEventListener('signalingstatechange', () => { closeLater() })
    await connection.reconnect({ reconnectToken: token, hook }).catch(() => {})
    await journal.until('closed: application')
    await connection.released
    t.equal(server.connections.getConnection(id), undefined)
    t.equal(server.connections.pendingSize, 0)
    t.ok(['beforeOffer,connected,closed: application', 'beforeOffer,connected,disconnected,closed: application'].includes(journal.entries.join()), journal.entries.join())
    await server.connections.close()
  }
})

t.test('two reconnects at once -> one after the other, each with a peer, the last one stays', async t => {
  const { server, journal, connection, id, token } = await reconnectServer(t)
  const answers = await Promise.all([reconnect(server, id, token), reconnect(server, id, token)])
  t.strictSame(answers.map(({ statusCode }) => statusCode), [200, 200])
  t.equal(server.connections.pendingSize, 1, 'counted once')
  t.equal(answers[1]!.json.localDescription!.sdp, connection.localDescription!.sdp)
  await connectAgain(t, server, id, answers[1]!)
  await journal.until('connected', 2)
})

t.test('a reconnect that waits while the one before it connects -> 403: its token is old by then', async t => {
  const [asked, go] = [signal(), signal()]
  const { server, journal, connection, id, token } = await reconnectServer(t)
  const first = await reconnect(server, id, token)
  const second = connection.reconnect({ reconnectToken: token, hook: () => { asked.resolve(); return go.promise } })
  const third = connection.reconnect({ reconnectToken: token, hook: () => { throw new Error('expected no hook to run') } })
  const refused = t.rejects(third, { code: 'FST_WEBRTC_INVALID_RECONNECT_TOKEN' })
  await within(asked.promise, 'the hook')
  // Not by way of setRemoteDescription, which would wait for the hook.
  const farEnd = createFarEnd(t)
  connection.peerConnection.setRemoteDescription({ type: 'answer', sdp: farEnd.answer(withoutCandidates(first.json.localDescription!.sdp)) })
  farEnd.addCandidates(first.json.localDescription!.sdp)
  await journal.until('connected', 2)
  t.equal(server.connections.pendingSize, 1, 'the second')
  go.resolve()
  const { reconnectToken } = await second
  await refused
  t.notOk([token, first.json.reconnectToken].includes(reconnectToken))
  t.equal((await reconnect(server, id, first.json.reconnectToken)).statusCode, 200, 'the token of the peer that had connected')
})

t.test('a client that is gone before its turn, or while the hook runs -> no new peer, the old one as it was', async t => {
  const { connection, token, farEnd, journal, server } = await reconnectServer(t)
  const { peerConnection } = connection
  await t.rejects(connection.reconnect({ reconnectToken: token, signal: AbortSignal.abort() }), { code: 'FST_WEBRTC_CLIENT_GONE' })
  const controller = new AbortController()
  await t.rejects(connection.reconnect({ reconnectToken: token, signal: controller.signal, hook: () => { controller.abort(); return new Promise(() => {}) } }), { code: 'FST_WEBRTC_CLIENT_GONE' })
  t.equal(connection.peerConnection, peerConnection)
  t.equal(await ping(farEnd), 'pong 1')
  t.equal(server.connections.pendingSize, 0)
  t.strictSame(journal.entries, ['beforeOffer', 'connected'])
})

t.test('reconnect of a connection that closes meanwhile -> 404', async t => {
  const { connection, token } = await reconnectServer(t)
  const reconnected = connection.reconnect({ reconnectToken: token })
  connection.close()
  await t.rejects(reconnected, { code: 'FST_WEBRTC_CONNECTION_NOT_FOUND' })
})

t.test("a limit that both peers' far ends exceed -> told once", async t => {
  const exceeded: string[] = []
  const { server, journal, id, token, farEnd } = await reconnectServer(t, { maxDataChannels: 1, onLimitExceeded: (_connection, limit) => exceeded.push(limit) })
  const exceed = async (far: typeof farEnd) => {
    t.match(await ping(far, 'one'), /^pong/)
    await far.createDataChannel('two').closed()
  }
  await exceed(farEnd)
  const again = await connectAgain(t, server, id, await reconnect(server, id, token))
  await journal.until('connected', 2)
  await exceed(again)
  t.strictSame(exceeded, ['maxDataChannels'])
})

t.test('drain while a client reconnects -> it may, and the drain waits for it', async t => {
  const { server, journal, connection, id, token } = await reconnectServer(t)
  const drained = server.connections.drain(5000)
  await connectAgain(t, server, id, await reconnect(server, id, token))
  await journal.until('connected', 2)
  connection.close()
  await within(drained, 'the drain to end', 2000)
})

t.test('events and candidates over a reconnect -> those of the new peer once it is there, ids that go on, nothing of the old one after', async t => {
  const { server, connection, id, token, journal } = await reconnectServer(t)
  const { lastId } = connection.events
  const { cursor } = await connection.readLocalCandidates(0, 0, new AbortController().signal)
  const asked = signal()
  const go = signal()
  const reconnected = connection.reconnect({ reconnectToken: token, trickle: true, hook: () => { asked.resolve(); return go.promise } })
  await within(asked.promise, 'the hook')
  t.equal(connection.events.lastId, lastId, 'not before')
  go.resolve()
  const { localDescription, lastEventId } = await reconnected
  t.notMatch(localDescription!.sdp, 'a=candidate')
  const events = []
  for (let next = connection.events.next(lastId); next; next = connection.events.next(next.id)) events.push(next)
  t.strictSame(events.map(({ id }) => id), events.map((_event, index) => lastId + 1 + index))
  t.equal(connection.events.peerStart, lastId)
  t.match(events.find(({ id }) => id === lastEventId), { type: 'description', description: localDescription })
  t.match(events.at(-1), { type: 'candidate', candidate: { candidate: '' } })
  t.notOk(events.some(event => event.type === 'state' && event.connectionState === 'closed'))
  const { candidates } = await connection.readLocalCandidates(cursor!, 0, new AbortController().signal)
  t.ok(candidates.length >= 2)
  t.ok(candidates.every(({ candidate, usernameFragment }) => candidate === '' || localDescription!.sdp.includes(`a=ice-ufrag:${usernameFragment}`)))
  await connectAgain(t, server, id, await reconnect(server, id, token))
  await journal.until('connected', 2)
})

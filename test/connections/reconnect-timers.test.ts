import t from 'tap'
import { within } from '../helpers/deadline.js'
import { description, withAttribute } from '../helpers/descriptions.js'
import { createFarEnd } from '../helpers/handshake.js'
import { withoutCandidates } from '../helpers/native-peer.js'
import { connectAgain, reconnect, reconnectServer } from '../helpers/reconnect.js'

const answer = description('chromium-answer').sdp

t.test('a new peer that never connects, with time left to reconnect -> released, and the next one connects', async t => {
  const { server, journal, connection, id, token } = await reconnectServer(t, { timeToConnected: 2000, timeToReconnected: 20_000 })
  await reconnect(server, id, token)
  const { peerConnection } = connection
  await new Promise<void>(resolve => peerConnection.addEventListener('connectionstatechange', () => resolve()))
  t.equal(peerConnection.connectionState, 'closed')
  t.strictSame({ isPending: connection.isPending, pendingSize: server.connections.pendingSize, state: connection.state }, { isPending: false, pendingSize: 0, state: 'open' })
  t.equal((await server.setRemoteDescription(id, answer)).statusCode, 409)
  await connectAgain(t, server, id, await reconnect(server, id, token))
  await journal.until('connected', 2)
  t.strictSame(journal.entries.filter(entry => entry === 'disconnected').length, 1)
})

t.test('no new peer within timeToReconnected -> closed, reason peer', async t => {
  const { journal, farEnd } = await reconnectServer(t, { timeToReconnected: 100 })
  await farEnd.close()
  await journal.until('closed: peer')
})

t.test('a new peer asked for within timeToReconnected -> has timeToConnected, also when that is later; then closed', async t => {
  const { server, journal, connection, id, token } = await reconnectServer(t, { timeToConnected: 2000, timeToReconnected: 100 })
  const asked = performance.now()
  await reconnect(server, id, token)
  t.ok(connection.endsAt > asked + 1900)
  await journal.until('closed: peer')
  t.ok(performance.now() - asked > 1900)
})

t.test('a hook that never settles while timeToReconnected passes -> 504, then closed, reason peer', async t => {
  const { server, journal, id, token, farEnd } = await reconnectServer(t, { timeToConnected: 2000, timeToReconnected: 100, onReconnect: () => new Promise(() => {}) })
  await farEnd.close()
  await journal.until('disconnected')
  t.equal((await reconnect(server, id, token)).statusCode, 504)
  await journal.until('closed: peer')
})

t.test('reconnects without end that never connect -> closed after timeToReconnected and timeToConnected', async t => {
  const { server, journal, id, token } = await reconnectServer(t, { timeToConnected: 2000, timeToReconnected: 1000, maxReconnectsPerMinute: Infinity })
  const started = performance.now()
  let count = 0
  while ((await reconnect(server, id, token)).statusCode === 200) {
    count++
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  const elapsed = performance.now() - started
  t.ok(count > 10, `${count} peers`)
  t.ok(elapsed > 2900 && elapsed < 8000, `${Math.round(elapsed)} ms`)
  await journal.until('closed: peer')
})

t.test('a connection that never connected, with reconnects without end -> closed after twice timeToConnected', async t => {
  const { server } = await reconnectServer(t, { timeToConnected: 2000, maxReconnectsPerMinute: Infinity })
  const started = performance.now()
  const { id, reconnectToken } = await server.createConnection()
  while ((await reconnect(server, id, reconnectToken)).statusCode === 200) await new Promise(resolve => setTimeout(resolve, 20))
  const elapsed = performance.now() - started
  t.ok(elapsed > 3900 && elapsed < 9000, `${Math.round(elapsed)} ms`)
  await server.state(id, 'closed: timeout')
})

t.test('the first peer times out while the hook of a reconnect runs -> closed when that fails, connected when it does not', async t => {
  let isFailing = true
  const { server, journal } = await reconnectServer(t, {
    timeToConnected: 2000,
    onReconnect: async (_peerConnection, { connection }) => {
      const { peerConnection } = connection
      await new Promise<void>(resolve => peerConnection.addEventListener('connectionstatechange', () => resolve()))
      if (isFailing) throw new Error('of the hook')
    }
  })
  const failing = await server.createConnection()
  await new Promise(resolve => setTimeout(resolve, 1000))
  t.equal((await reconnect(server, failing.id, failing.reconnectToken)).statusCode, 500)
  await server.state(failing.id, 'closed: timeout')
  isFailing = false
  const { id, reconnectToken } = await server.createConnection()
  await new Promise(resolve => setTimeout(resolve, 1000))
  await connectAgain(t, server, id, await reconnect(server, id, reconnectToken))
  await journal.until('connected', 2)
})

t.test('a new peer that fails early -> released, what is left of timeToReconnected stays', async t => {
  const { server, journal, connection, id, token } = await reconnectServer(t, { timeToReconnected: 20_000 })
  const { json: { localDescription } } = await reconnect(server, id, token)
  const { peerConnection } = connection
  const closed = new Promise<void>(resolve => peerConnection.addEventListener('connectionstatechange', () => { if (peerConnection.connectionState === 'closed') resolve() }))
  const farEnd = createFarEnd(t)
  const wrong = withAttribute(farEnd.answer(withoutCandidates(localDescription!.sdp)), 'fingerprint', `sha-256 ${Array(32).fill('00').join(':')}`)
  await server.setRemoteDescription(id, wrong)
  farEnd.addCandidates(localDescription!.sdp)
  await within(closed, 'the peer to be refused', 5000)
  t.equal(connection.state, 'open')
  await connectAgain(t, server, id, await reconnect(server, id, token))
  await journal.until('connected', 2)
})

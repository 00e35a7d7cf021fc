import t from 'tap'
import { ConnectionManager } from '../../plugin/index.js'
import { livePeerConnections } from '../../plugin/peer/native-connection.js'
import { description } from '../helpers/descriptions.js'
import { connect } from '../helpers/handshake.js'
import { createServer } from '../helpers/server.js'

t.test('POST /connections 30 times at once, 3 may be pending -> 3 are made, 27 answer 503, before there is an id, a hook or a native peer', async t => {
  let ids = 0
  let hooks = 0
  const server = await createServer(t, { maxPendingConnections: 3, generateId: () => `id-${++ids}`, beforeOffer: () => { hooks++ }, beforeAnswer: () => { hooks++ } })
  const answers = await Promise.all(Array.from({ length: 30 }, (_, index) =>
    server.request('POST', '/connections', index % 2 ? { remoteDescription: description('chromium-offer') } : undefined)))
  const refused = answers.filter(({ statusCode }) => statusCode === 503)
  t.equal(refused.length, 27)
  t.equal(answers.filter(({ statusCode }) => statusCode === 201).length, 3)
  for (const { headers, json } of refused) {
    t.match(json, { code: 'FST_WEBRTC_TOO_MANY_PENDING_CONNECTIONS', message: 'Too many connections that are not connected yet: at most 3' })
    t.equal(headers['retry-after'], '10')
  }
  t.strictSame({ ids, hooks, nativePeers: livePeerConnections(), size: server.connections.size, pendingSize: server.connections.pendingSize },
    { ids: 3, hooks: 3, nativePeers: 3, size: 3, pendingSize: 3 })
})

t.test('Retry-After of a limit on pending connections -> no earlier and no later than there is room', async t => {
  const server = await createServer(t, { maxPendingConnections: 2, timeToConnected: 1900 })
  const { id: oldest } = await server.createConnection()
  await server.createConnection()
  const { statusCode, headers } = await server.request('POST', '/connections')
  const asked = performance.now()
  t.equal(statusCode, 503)
  t.equal(headers['retry-after'], '2')
  await server.state(oldest, 'closed: timeout')
  t.ok(performance.now() - asked <= 2000, 'the oldest has ended by then')
  t.equal((await server.request('POST', '/connections')).statusCode, 201)
})

t.test('a connection that has connected, or closed -> pending no more', async t => {
  const server = await createServer(t, { maxPendingConnections: 1 })
  await connect(t, server)
  t.equal(server.connections.pendingSize, 0)
  t.equal(server.connections.size, 1)
  const { id } = await server.createConnection()
  t.equal(server.connections.pendingSize, 1)
  t.equal((await server.request('POST', '/connections')).statusCode, 503)
  await server.request('DELETE', `/connections/${id}`)
  t.equal(server.connections.pendingSize, 0)
  t.equal((await server.request('POST', '/connections')).statusCode, 201)
})

t.test('POST /connections with as many connections as there may be -> 503, and 201 again after one has closed', async t => {
  const server = await createServer(t, { maxConnections: 2, timeToReconnected: 2500 })
  await connect(t, server)
  const { connection } = await connect(t, server)
  const { statusCode, headers, json } = await server.request('POST', '/connections')
  t.equal(statusCode, 503)
  t.equal(headers['retry-after'], '3')
  t.match(json, { code: 'FST_WEBRTC_TOO_MANY_CONNECTIONS', message: 'Too many connections: at most 2' })
  t.equal(livePeerConnections(), 2)
  await server.request('DELETE', `/connections/${connection.id}`)
  t.equal((await server.request('POST', '/connections')).statusCode, 201)
})

t.test('createConnection while 100 are closing, as many as there may be open -> 503, and no longer when they are gone', async t => {
  const manager = new ConnectionManager({ bindAddress: '127.0.0.1', maxConnections: 100 })
  t.teardown(() => manager.close())
  const connections = await Promise.all(Array.from({ length: 100 }, () => manager.createConnection()))
  for (const connection of connections) connection.close()
  await t.rejects(manager.createConnection(), { code: 'FST_WEBRTC_TOO_MANY_CLOSING_CONNECTIONS', statusCode: 503, message: 'Too many connections that are still closing: at most 100' })
  t.equal(manager.size, 0)
  await Promise.all(connections.map(({ released }) => released))
  t.equal((await manager.createConnection()).state, 'open')
})

t.test('a failed POST /connections -> takes no place', async t => {
  const server = await createServer(t, { maxConnections: 1, maxPendingConnections: 1, beforeOffer: () => { throw new Error('no') } })
  for (let index = 0; index < 3; index++) t.equal((await server.request('POST', '/connections')).statusCode, 500)
  for (let index = 0; index < 3; index++) t.equal((await server.request('POST', '/connections', { remoteDescription: { type: 'offer', sdp: 'v=0' } })).statusCode, 400)
  t.equal((await server.request('POST', '/connections', { remoteDescription: description('chromium-offer') })).statusCode, 201)
})

t.test('createConnection of a manager that has closed -> 503', async t => {
  const manager = new ConnectionManager({ bindAddress: '127.0.0.1' })
  const connection = await manager.createConnection()
  t.equal(manager.size, 1)
  await manager.close()
  await manager.close()
  t.equal(connection.state, 'closed')
  t.equal(await connection.closed, 'shutdown')
  t.equal(manager.size, 0)
  await t.rejects(manager.createConnection(), { code: 'FST_WEBRTC_CLOSING', statusCode: 503 })
})

import t from 'tap'
import type { InjectOptions } from 'fastify'
import { ConnectionManager } from '../../plugin/index.js'
import { connect } from '../helpers/handshake.js'
import { createServer, type TestServer } from '../helpers/server.js'

/** One more connection from the address, on behalf of the user. */
async function create (server: TestServer, remoteAddress: string, user?: string): Promise<{ statusCode: number, code?: string, retryAfter?: number }> {
  const init: InjectOptions = { remoteAddress, headers: user === undefined ? {} : { 'x-user': user } }
  const { statusCode, headers, json } = await server.request('POST', '/connections', undefined, init)
  return { statusCode, ...statusCode >= 400 && { code: json.code, retryAfter: Number(headers['retry-after']) } }
}

const identify = ({ headers }: { headers: Record<string, string | string[] | undefined> }) => headers['x-user'] as string | undefined

t.test('POST /connections from an address with as many pending connections as it may -> 429, from another 201', async t => {
  const server = await createServer(t, { maxPendingConnectionsPerAddress: 2 })
  for (let index = 0; index < 2; index++) t.equal((await create(server, '192.0.2.1')).statusCode, 201)
  t.strictSame(await create(server, '192.0.2.1'), { statusCode: 429, code: 'FST_WEBRTC_TOO_MANY_PENDING_CONNECTIONS_FROM_ADDRESS', retryAfter: 10 })
  t.equal((await create(server, '::ffff:192.0.2.1')).statusCode, 429, 'the same address as IPv6')
  t.equal((await create(server, '192.0.2.2')).statusCode, 201)
})

t.test('POST /connections from the /64 of an IPv6 address with as many pending connections as it may -> 429, from another /64 201', async t => {
  const server = await createServer(t, { maxPendingConnectionsPerAddress: 1 })
  t.equal((await create(server, '2001:db8::1')).statusCode, 201)
  t.equal((await create(server, '2001:db8::ffff:2')).statusCode, 429)
  t.equal((await create(server, '2001:db8:0:1::1')).statusCode, 201)
})

t.test('POST /connections from a link-local address, or with a text that is no address -> counted with all of its kind', async t => {
  const server = await createServer(t, { maxPendingConnectionsPerAddress: 1 })
  t.equal((await create(server, 'fe80::1%eth0')).statusCode, 201)
  t.equal((await create(server, 'fe80::2%eth0')).statusCode, 429)
  t.equal((await create(server, 'unknown')).statusCode, 201)
  t.equal((await create(server, '_hidden')).statusCode, 429)
})

t.test('POST /connections from an address with as many connections as it may -> 429, 201 when one has closed', async t => {
  const server = await createServer(t, { maxConnectionsPerAddress: 1, timeToReconnected: 3000 })
  const { connection } = await connect(t, server)
  t.strictSame(await create(server, '127.0.0.1'), { statusCode: 429, code: 'FST_WEBRTC_TOO_MANY_CONNECTIONS_FROM_ADDRESS', retryAfter: 3 })
  await server.request('DELETE', `/connections/${connection.id}`)
  t.equal((await create(server, '127.0.0.1')).statusCode, 201)
})

t.test('POST /connections of a principal with as many pending connections as it may -> 429 wherever it is, of another and of nobody 201', async t => {
  const server = await createServer(t, { maxPendingConnectionsPerPrincipal: 1, identify })
  t.equal((await create(server, '192.0.2.1', 'ada')).statusCode, 201)
  t.strictSame(await create(server, '192.0.2.2', 'ada'), { statusCode: 429, code: 'FST_WEBRTC_TOO_MANY_PENDING_CONNECTIONS_OF_PRINCIPAL', retryAfter: 10 })
  t.equal((await create(server, '192.0.2.1', 'bob')).statusCode, 201)
  for (let index = 0; index < 2; index++) t.equal((await create(server, '192.0.2.1')).statusCode, 201)
})

t.test('createConnection for a principal with as many connections as it may -> 429', async t => {
  const manager = new ConnectionManager({ bindAddress: '127.0.0.1', maxConnectionsPerPrincipal: 1 })
  t.teardown(() => manager.close())
  const connection = await manager.createConnection({ principal: 'ada' })
  t.equal(connection.principal, 'ada')
  await t.rejects(manager.createConnection({ principal: 'ada' }), { code: 'FST_WEBRTC_TOO_MANY_CONNECTIONS_OF_PRINCIPAL', statusCode: 429, retryAfter: 10 })
  for (let index = 0; index < 2; index++) t.equal((await manager.createConnection()).principal, undefined, 'nobody is not counted')
  connection.close()
  await manager.createConnection({ principal: 'ada' })
})

t.test('POST /connections beyond the limits of the address and of all -> 429: who is one too many learns that it is not the server', async t => {
  const server = await createServer(t, { maxConnectionsPerAddress: 1, maxPendingConnections: 1 })
  t.equal((await create(server, '192.0.2.1')).statusCode, 201)
  t.equal((await create(server, '192.0.2.1')).code, 'FST_WEBRTC_TOO_MANY_CONNECTIONS_FROM_ADDRESS')
  t.equal((await create(server, '192.0.2.2')).code, 'FST_WEBRTC_TOO_MANY_PENDING_CONNECTIONS')
})

t.test('Retry-After while a lost connection is the first to end -> the time it has left', async t => {
  const server = await createServer(t, { maxConnections: 2, timeToReconnected: 5000 })
  const { connection, farEnd } = await connect(t, server)
  await connect(t, server)
  await farEnd.close()
  await server.state(connection.id, 'disconnected')
  const { statusCode, retryAfter } = await create(server, '127.0.0.1')
  t.equal(statusCode, 503)
  t.equal(retryAfter, 5)
})

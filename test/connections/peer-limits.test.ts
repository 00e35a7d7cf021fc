import t from 'tap'
import type { PeerLimits } from '../../plugin/index.js'
import { connect } from '../helpers/handshake.js'
import { createServer } from '../helpers/server.js'

t.test('a far end that sends too much -> onLimitExceeded, then onClosed with limit-exceeded, one warning, and its id is unknown', async t => {
  const told: unknown[] = []
  const server = await createServer(t, {
    maxMessagesPerSecond: 20,
    onLimitExceeded: ({ id }, limit) => told.push([id, limit]),
    onClosed: ({ id }, reason) => told.push([id, reason])
  })
  const { connection: { id }, farEnd } = await connect(t, server)
  const channel = farEnd.createDataChannel('flood')
  await channel.opened()
  for (let sent = 0; sent < 100; sent++) channel.send('flood')
  await server.state(id, 'closed: limit-exceeded')
  t.same(told, [[id, 'maxMessagesPerSecond'], [id, 'limit-exceeded']])
  t.equal((await server.request('GET', `/connections/${id}`)).statusCode, 404)
  const warnings = server.log.filter(({ level, connection }) => level === 40 && connection === id.slice(0, 8))
  t.same(warnings.map(({ msg }) => msg), ['connection exceeded maxMessagesPerSecond'])
  await farEnd.closed()
})

t.test('a far end that makes too many channels -> onLimitExceeded once, one warning, and the connection goes on', async t => {
  const told: (keyof PeerLimits)[] = []
  const server = await createServer(t, {
    maxDataChannels: 0,
    onLimitExceeded: (_connection, limit) => {
      told.push(limit)
      throw new Error('of the application')
    }
  })
  const { connection: { id }, farEnd } = await connect(t, server)
  for (let made = 0; made < 3; made++) await farEnd.createDataChannel(`channel ${made}`).closed()
  t.same(told, ['maxDataChannels'])
  const warnings = server.log.filter(({ level, connection }) => level === 40 && connection === id.slice(0, 8))
  t.same(warnings.map(({ msg }) => msg), ['connection exceeded maxDataChannels'])
  t.same(server.errors(id), ['onLimitExceeded: of the application'])
  t.equal((await server.request('GET', `/connections/${id}`)).statusCode, 200)
})

t.test('a far end that exceeds a limit, and nobody asks -> its connection closes', async t => {
  const server = await createServer(t, { maxBytesPerSecond: 10, maxMessageSize: 10 })
  const { connection: { id }, farEnd } = await connect(t, server)
  const channel = farEnd.createDataChannel('flood')
  await channel.opened()
  for (let sent = 0; sent < 2; sent++) channel.send('ten bytes.')
  await server.state(id, 'closed: limit-exceeded')
})

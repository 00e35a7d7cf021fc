import t from 'tap'
import type { WebRtcConnection } from '../../plugin/index.js'
import Fastify from 'fastify'
import signaling from '../../plugin/index.js'
import { createServer } from '../helpers/server.js'

t.test('register without a prefix -> the operations at the root', async t => {
  const server = await createServer(t)
  const { statusCode, headers } = await server.request('POST', '/connections')
  t.equal(statusCode, 201)
  t.match(headers.location, /^\/connections\/[\w-]{22}$/)
})

t.test('register with a prefix that has a parameter -> the hook sees its value, and Location has it', async t => {
  const rooms: unknown[] = []
  const server = await createServer(t, { prefix: '/rooms/:room', beforeOffer: (_peerConnection, { request }) => { rooms.push(request.params) } })
  for (const room of ['7', 'a%2Fb', '%F0%9F%98%80']) {
    const { statusCode, headers } = await server.app.inject({ method: 'POST', url: `/rooms/${room}/connections` })
    t.equal(statusCode, 201)
    t.match(headers.location, new RegExp(`^/rooms/${room}/connections/`))
    const found = await server.app.inject(String(headers.location))
    t.equal(found.statusCode, 200)
    t.match(headers.location, found.json<WebRtcConnection>().id)
  }
  t.strictSame(rooms.map(params => ({ ...params as object })), [{ room: '7' }, { room: 'a/b' }, { room: '😀' }])
})

t.test('register with a parameter named id in the prefix -> fails with a sentence', async t => {
  const app = Fastify()
  app.register(signaling, { prefix: '/rooms/:id' })
  await t.rejects(async () => { await app.ready() }, { code: 'FST_WEBRTC_INVALID_OPTION', message: "Invalid option prefix: expected no parameter named id, which is the connection's, found /rooms/:id" })
  await app.close()
})

t.test('register within scopes that have prefixes -> all of them', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  app.register(async scope => { scope.register(signaling, { prefix: '/b/', bindAddress: '127.0.0.1' }) }, { prefix: '/a' })
  const { statusCode, headers } = await app.inject({ method: 'POST', url: '/a/b/connections' })
  t.equal(statusCode, 201)
  t.match(headers.location, /^\/a\/b\/connections\//)
})

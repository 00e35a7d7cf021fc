import { once } from 'node:events'
import { request as httpRequest, type ClientRequest } from 'node:http'
import { connect as connectHttp2, constants } from 'node:http2'
import { json } from 'node:stream/consumers'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import signaling, { type Connection, type WebRtcConnection } from '../../plugin/index.js'
import { description } from '../helpers/descriptions.js'
import { signal, within } from '../helpers/deadline.js'
import { listen } from '../helpers/http-client.js'
import { createServer, type TestServer } from '../helpers/server.js'
import { silentServer } from '../helpers/silent-server.js'

/** A POST that is aborted when `abort` settles, and the reasons for which connections closed by then. */
async function abortPost (t: Test, server: TestServer, abort: Promise<unknown>, body = '', path = '/connections'): Promise<void> {
  const { port } = await listen(t, server.app)
  const request: ClientRequest = httpRequest({ host: '127.0.0.1', port, method: 'POST', path, headers: { 'content-type': 'application/json' } })
  request.on('error', () => {})
  request.end(body)
  await within(abort, 'the moment to abort')
  request.destroy()
}

for (const [name, body] of [['beforeOffer', ''], ['beforeAnswer', JSON.stringify({ remoteDescription: description('chromium-offer') })]] as const) {
  t.test(`POST /connections that is aborted while ${name} runs -> the connection closes at once, reason aborted, and nothing is logged as an error`, async t => {
    const running = signal<Connection>()
    const hook = (_peerConnection: unknown, { connection }: { connection: Connection }) => {
      running.resolve(connection)
      return new Promise(() => {})
    }
    const server = await createServer(t, { beforeOffer: hook, beforeAnswer: hook, timeToConnected: 60_000 })
    await abortPost(t, server, running.promise, body)
    t.equal(await within((await running.promise).closed, 'the connection to close'), 'aborted')
    t.equal(server.connections.size, 0)
    t.strictSame(server.errors(), [])
  })
}

t.test('POST /connections that is aborted while it gathers -> the connection closes at once', async t => {
  const iceServers = [{ urls: `stun:127.0.0.1:${await silentServer(t)}` }]
  const gathering = signal<Connection>()
  const server = await createServer(t, {
    iceServers,
    timeToHostCandidates: 60_000,
    timeToConnected: 60_000,
    beforeOffer (peerConnection, { connection }) {
      peerConnection.addEventListener('icegatheringstatechange', () => gathering.resolve(connection))
    }
  })
  await abortPost(t, server, gathering.promise)
  t.equal(await within((await gathering.promise).closed, 'the connection to close'), 'aborted')
})

t.test('POST /connections that is aborted while a hook of the host runs -> no connection is made', async t => {
  const running = signal()
  const answered = signal()
  let made = 0
  const server = await createServer(t, {
    beforeOffer: () => { made++ },
    host (app) {
      app.addHook('preHandler', async ({ raw }) => {
        running.resolve()
        await once(raw.socket, 'close')
      })
      app.addHook('onError', async (_request, _reply, error) => {
        t.match(error, { code: 'FST_WEBRTC_CLIENT_GONE' })
        answered.resolve()
      })
    }
  })
  await abortPost(t, server, running.promise)
  await within(answered.promise, 'the handler to run')
  t.equal(made, 0)
  t.strictSame(server.errors(), [])
})

for (const [name, isEarly] of [['while its hook runs', false], ['while a hook of the host runs', true]] as const) {
  t.test(`POST /connections/:id/reconnect that is aborted ${name} -> no new peer, the old one as it was`, async t => {
    const [running, refused] = [signal(), signal<unknown>()]
    let made = 0
    const server = await createServer(t, {
      async identify ({ url, raw }) {
        if (!isEarly || !url.endsWith('/reconnect')) return undefined
        running.resolve()
        await once(raw.socket, 'close')
      },
      beforeOffer (_peerConnection, { isReconnect }) {
        if (!isReconnect) return
        made++
        running.resolve()
        return new Promise(() => {})
      },
      host: app => app.addHook('onError', async (_request, _reply, error) => refused.resolve(error))
    })
    const { id, reconnectToken } = await server.createConnection()
    const connection = server.connections.getConnection(id)!
    const { peerConnection } = connection
    await abortPost(t, server, running.promise, JSON.stringify({ reconnectToken }), `/connections/${id}/reconnect`)
    t.match(await within(refused.promise, 'the refusal'), { code: 'FST_WEBRTC_CLIENT_GONE' })
    t.equal(made, isEarly ? 0 : 1)
    t.equal(connection.peerConnection, peerConnection)
    t.equal(peerConnection.signalingState, 'have-local-offer')
    t.equal(connection.reconnectToken, reconnectToken)
    t.strictSame(server.errors(), [])
  })
}

t.test('POST /connections whose client goes when it has the answer -> the connection stays', async t => {
  const server = await createServer(t)
  const client = await listen(t, server.app)
  const { body } = await client.post('/connections')
  const sockets = new Promise(resolve => server.app.server.getConnections((_error, count) => resolve(count)))
  t.equal(await sockets, 1)
  client.close()
  const { id } = JSON.parse(body)
  t.equal((await server.request('GET', `/connections/${id}`)).statusCode, 200)
})

t.test('POST /connections over HTTP/2 that is aborted while beforeOffer runs -> the connection closes at once; one that is answered stays', async t => {
  const running = signal<Connection>()
  let isSlow = false
  const app = Fastify({ http2: true })
  t.teardown(() => app.close())
  app.register(signaling, {
    bindAddress: '127.0.0.1',
    timeToConnected: 60_000,
    beforeOffer (_peerConnection, { connection }) {
      running.resolve(connection)
      return isSlow ? new Promise(() => {}) : undefined
    }
  })
  const session = connectHttp2(await app.listen({ host: '127.0.0.1', port: 0 }))
  t.teardown(() => { session.destroy() })
  const post = () => session.request({ ':method': 'POST', ':path': '/connections' }, { endStream: true }).on('error', () => {})

  const { id } = await json(post()) as WebRtcConnection
  const answered = await within(running.promise, 'a connection')
  t.equal(answered.id, id)
  const second = signal<Connection>()
  running.resolve = second.resolve
  isSlow = true
  const stream = post()
  const { closed } = await within(second.promise, 'another connection')
  stream.close(constants.NGHTTP2_CANCEL)
  t.equal(await within(closed, 'the connection to close'), 'aborted')
  t.equal(answered.state, 'open')
})

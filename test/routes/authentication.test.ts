import bearerAuth from '@fastify/bearer-auth'
import jwt from '@fastify/jwt'
import rateLimit from '@fastify/rate-limit'
import wrtc from '@roamhq/wrtc'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { ConnectionClient } from '../../generated-client/index.js'
import type { SignalingHooks, WebRtcConnection } from '../../plugin/index.js'
import { livePeerConnections } from '../../plugin/peer/native-connection.js'
import { openapi } from '../helpers/conformance.js'
import { signal, within } from '../helpers/deadline.js'
import { description } from '../helpers/descriptions.js'
import { echoHooks } from '../helpers/echo-hooks.js'
import { listen } from '../helpers/http-client.js'
import { createServer, type TestServer, type TestServerOptions } from '../helpers/server.js'

const KEY = 'key-of-ada'
const SECRET = 'secret-of-the-host'

declare module '@fastify/jwt' {
  interface FastifyJWT {
    payload: { sub: string }
    user: { sub: string }
  }
}

interface Guard {
  guard: (app: FastifyInstance) => unknown
  identify?: SignalingHooks['identify']
  /** What a client that may come in sends. */
  authorization: (server: TestServer) => string
  /** What clients send that may not. */
  refused: string[]
}

/** How a host guards the scope that it registers the plugin in. */
const GUARDS: Record<string, Guard> = {
  '@fastify/bearer-auth': {
    guard: app => app.register(bearerAuth, { keys: [KEY] }),
    authorization: () => `Bearer ${KEY}`,
    refused: ['', 'Bearer', 'Bearer wrong', `Basic ${KEY}`, `Bearer ${KEY}x`]
  },
  '@fastify/jwt': {
    guard (app) {
      app.register(jwt, { secret: SECRET })
      app.addHook('onRequest', async request => { await request.jwtVerify() })
    },
    identify: ({ user }) => user.sub,
    authorization: ({ app }) => `Bearer ${app.jwt.sign({ sub: 'ada' })}`,
    // The second is of nobody: {"alg":"none"}.
    refused: ['', 'Bearer wrong', 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.', `Basic ${KEY}`]
  }
}

const ID = 'a'.repeat(22)
const OPERATIONS = Object.entries(openapi.paths).flatMap(([path, methods]) => Object.keys(methods).map(method => [method.toUpperCase(), path.replace('{id}', ID)] as const))
const DOCUMENTS = [['GET', '/openapi.json'], ['GET', '/openapi.yaml'], ['HEAD', '/openapi.json'], ['HEAD', `/connections/${ID}`]] as const

for (const [name, { guard, identify, authorization, refused }] of Object.entries(GUARDS)) {
  t.test(`${name} on the enclosing scope, without credentials or with wrong ones -> 401 whatever is asked, nothing of the plugin runs, no peer`, async t => {
    const mustNotRun = () => { throw new Error('expected no hook to run') }
    const { app, connections } = await createServer(t, { host: guard, listConnections: true, identify: mustNotRun, beforeOffer: mustNotRun, beforeAnswer: mustNotRun, generateId: mustNotRun })
    for (const value of refused) {
      for (const [method, url] of [...OPERATIONS, ...DOCUMENTS]) {
        for (const body of method === 'POST' ? [undefined, { remoteDescription: description('chromium-offer') }, description('chromium-answer')] : [undefined]) {
          const { statusCode } = await app.inject({ method, url, body, headers: { ...value && { authorization: value } } } as object)
          t.equal(statusCode, 401, `${method} ${url} with ${JSON.stringify(value)}`)
        }
      }
    }
    t.equal(livePeerConnections(), 0)
    t.equal(connections.size, 0)
  })

  t.test(`${name} on the enclosing scope, with credentials -> every operation answers as without it`, async t => {
    const server = await createServer(t, { host: guard, identify, listConnections: true })
    const headers = { authorization: authorization(server) }
    const ask = (method: 'GET' | 'POST' | 'DELETE', path: string, body?: object) => server.request<WebRtcConnection>(method, path, undefined, { headers, body })
    const { statusCode, json: { id } } = await ask('POST', '/connections')
    t.equal(statusCode, 201)
    const statuses = [
      await ask('POST', '/connections', { remoteDescription: description('chromium-offer') }),
      await ask('GET', '/connections'),
      await ask('GET', `/connections/${id}`),
      await ask('GET', `/connections/${id}/local-description`),
      await ask('POST', `/connections/${id}/remote-description`, description('chromium-answer')),
      await ask('GET', `/connections/${id}/remote-description`),
      await ask('DELETE', `/connections/${id}`),
      await server.app.inject({ url: '/openapi.json', headers })
    ].map(({ statusCode }) => statusCode)
    t.strictSame(statuses, [201, 200, 200, 200, 200, 200, 200, 200])
  })

  t.test(`${name} on the enclosing scope, ConnectionClient with headers -> connects both ways; without them -> rejects with 401`, async t => {
    const { server, connect } = await startEcho(t, { host: guard, identify })
    await t.rejects(connect({}, 'beforeAnswer'), { name: 'ConnectionError', statusCode: 401 })
    t.equal(livePeerConnections(), 0)
    for (const direction of ['beforeAnswer', 'beforeOffer'] as const) {
      t.equal(await connect({ authorization: authorization(server) }, direction), 'hello')
    }
  })
}

/** A server that sends back what it gets, and one client after the other that says hello to it and closes. */
async function startEcho (t: Test, options: TestServerOptions) {
  const server = await createServer(t, { ...options, ...echoHooks })
  const { port } = await listen(t, server.app)
  const connect = async (headers: Record<string, string>, direction: 'beforeOffer' | 'beforeAnswer') => {
    const client = new ConnectionClient({ baseUrl: `http://127.0.0.1:${port}`, headers, RTCPeerConnection: wrtc.RTCPeerConnection as unknown as typeof RTCPeerConnection })
    const echoed = signal<unknown>()
    const peerConnection = await client.createConnection({
      [direction]: (peerConnection: RTCPeerConnection) => {
        const channel = peerConnection.createDataChannel('echo', direction === 'beforeAnswer' ? { negotiated: true, id: 0 } : {})
        channel.onopen = () => channel.send('hello')
        channel.onmessage = ({ data }) => echoed.resolve(data)
      }
    })
    const message = await within(echoed.promise, 'an echo')
    peerConnection.close()
    return message
  }
  return { server, connect }
}

t.test("@fastify/rate-limit on the enclosing scope -> 429 in the API's shape with its Retry-After, no peer beyond it", async t => {
  const server = await createServer(t, { host: app => app.register(rateLimit, { max: 2, timeWindow: 30_000 }) })
  await server.createConnection()
  await server.createConnection()
  const { statusCode, json, headers } = await server.request('POST', '/connections')
  t.equal(statusCode, 429)
  t.match(json, { statusCode: 429, error: 'Too Many Requests', message: /^Rate limit exceeded/ })
  t.match(headers, { 'retry-after': /^(29|30)$/, 'x-ratelimit-limit': '2', 'x-ratelimit-remaining': '0' })
  t.equal(server.connections.size, 2)
})

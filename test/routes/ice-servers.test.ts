import t from 'tap'
import { turnCredentials, type WebRtcConnection, type WebRtcIceServers } from '../../plugin/index.js'
import { signal } from '../helpers/deadline.js'
import { description } from '../helpers/descriptions.js'
import { listen } from '../helpers/http-client.js'
import { reconnect } from '../helpers/reconnect.js'
import { createServer } from '../helpers/server.js'

const LOGIN = { username: 'user', credential: 'secret' }
const TURN = { urls: ['turn:turn.example.org'], ...LOGIN }
const as = (user: string) => ({ headers: { 'x-user': user } })

t.test('GET /ice-servers, and a connection, of a server that has none for clients -> none', async t => {
  const server = await createServer(t)
  t.strictSame((await server.request<WebRtcIceServers>('GET', '/ice-servers')).json, { iceServers: [] })
  t.notOk('iceServers' in await server.createConnection())
})

t.test('clientIceServers that is a list -> GET /ice-servers and createConnection, in both directions, and nowhere else', async t => {
  const server = await createServer(t, { listConnections: true, clientIceServers: [{ urls: 'stun:stun.example.org' }, TURN] })
  const iceServers = [{ urls: ['stun:stun.example.org'] }, TURN]
  const { json, headers } = await server.request<WebRtcIceServers>('GET', '/ice-servers')
  t.strictSame(json, { iceServers })
  t.equal(headers['cache-control'], 'no-store')
  const offered = await server.createConnection()
  t.strictSame(offered.iceServers, iceServers)
  t.strictSame((await server.createConnection(description('chromium-offer'))).iceServers, iceServers)
  t.strictSame((await reconnect(server, offered.id, offered.reconnectToken)).json.iceServers, iceServers)
  for (const [method, path] of [['GET', ''], ['GET', `/${offered.id}`], ['GET', `/${offered.id}/local-description`], ['DELETE', `/${offered.id}`]] as const) {
    const { statusCode, body } = await server.request(method, `/connections${path}`)
    t.equal(statusCode, 200)
    t.notMatch(body, /iceServers|secret/)
  }
  t.notMatch(JSON.stringify(server.log), /secret/)
})

t.test('clientIceServers that is a function, async too -> asked for each request, with its principal', async t => {
  const asked: unknown[] = []
  const server = await createServer(t, {
    identify: ({ headers }) => headers['x-user'] as string | undefined,
    async clientIceServers ({ url }, context) {
      asked.push([url, context.principal])
      return context.principal ? [{ ...TURN, username: context.principal }] : []
    }
  })
  t.match((await server.request<WebRtcIceServers>('GET', '/ice-servers', undefined, as('ada'))).json, { iceServers: [{ username: 'ada' }] })
  t.match((await server.request<WebRtcConnection>('POST', '/connections', undefined, as('bob'))).json, { iceServers: [{ username: 'bob' }] })
  t.notOk('iceServers' in (await server.request<WebRtcConnection>('POST', '/connections')).json)
  t.strictSame(asked, [['/ice-servers', 'ada'], ['/connections', 'bob'], ['/connections', undefined]])
})

t.test('clientIceServers of turnCredentials -> credentials of the principal, the secret in no answer, document and log', async t => {
  const secret = 'the-secret-of-coturn'
  const server = await createServer(t, {
    identify: ({ headers }) => headers['x-user'] as string | undefined,
    clientIceServers: turnCredentials({ urls: 'turn:turn.example.org', secret, timeToLive: 60_000 })
  })
  const answers = [
    await server.request<WebRtcIceServers>('GET', '/ice-servers', undefined, as('ada')),
    await server.request<WebRtcConnection>('POST', '/connections', undefined, as('ada')),
    await server.request('GET', '/ice-servers', undefined, as('a'.repeat(500))),
    await server.app.inject('/openapi.json')
  ]
  t.strictSame(answers.map(({ statusCode }) => statusCode), [200, 200 + 1, 500, 200])
  for (const { json } of answers.slice(0, 2)) t.match((json as WebRtcIceServers).iceServers, [{ urls: ['turn:turn.example.org'], username: /^\d{10}:ada$/, credential: /^[\w+/]{27}=$/ }])
  const { credential } = (answers[0]!.json as WebRtcIceServers).iceServers[0]!
  for (const { body } of answers) t.notMatch(body, secret)
  const log = JSON.stringify(server.log)
  t.notOk(log.includes(secret) || log.includes(credential!) || log.includes('aaaa'))
})

const FAILURES: Record<string, [clientIceServers: () => unknown, message: string]> = {
  throws: [() => { throw Object.assign(new Error('of the application'), { statusCode: 402, token: 'secret' }) }, 'of the application'],
  rejects: [async () => { throw new Error('of the application') }, 'of the application'],
  'says no list': [() => TURN, 'found none'],
  'says a server without urls': [() => [LOGIN], 'found one without urls'],
  'says a URL with a secret in it': [async () => [{ ...TURN, urls: 'turn:user:secret@turn.example.org' }], 'found "turn:…@turn.example.org"'],
  'says TURN with half of what it needs': [() => [{ ...TURN, username: undefined }], 'expected username and credential beside "turn:turn.example.org"']
}

for (const [name, [clientIceServers, message]] of Object.entries(FAILURES)) {
  t.test(`clientIceServers that ${name} -> 500 without details, logged without credentials, no connection`, async t => {
    const server = await createServer(t, { clientIceServers: clientIceServers as never })
    for (const [method, path] of [['GET', '/ice-servers'], ['POST', '/connections']] as const) {
      const { statusCode, json } = await server.request(method, path)
      t.equal(statusCode, 500)
      t.strictSame(json, { statusCode: 500, code: 'FST_WEBRTC_HOOK_FAILED', error: 'Internal Server Error', message: 'The server failed in clientIceServers' })
    }
    t.equal(server.connections.size, 0)
    t.equal(server.errors().length, 2)
    for (const error of server.errors()) t.ok(error.includes(message), error)
    t.notMatch(JSON.stringify(server.log), 'secret')
  })
}

t.test('clientIceServers that never settles -> 504 after timeToConnected', async t => {
  const server = await createServer(t, { timeToConnected: 100, clientIceServers: () => new Promise(() => {}) })
  for (const [method, path] of [['GET', '/ice-servers'], ['POST', '/connections']] as const) {
    const { statusCode, json } = await server.request(method, path)
    t.equal(statusCode, 504)
    t.equal(json.message, 'The negotiation timed out: no ICE servers were there within timeToConnected')
  }
  t.equal(server.connections.size, 0)
})

t.test('a client that goes while clientIceServers runs -> no connection', async t => {
  const [asked, go] = [signal(), signal()]
  const server = await createServer(t, { clientIceServers: async () => { asked.resolve(); await go.promise; return [] } })
  const client = await listen(t, server.app)
  const answer = client.request('POST', '/connections')
  const gone = t.rejects(answer)
  const closed = new Promise(resolve => server.app.server.once('connection', socket => socket.once('close', resolve)))
  await asked.promise
  client.close()
  await Promise.all([gone, closed])
  go.resolve()
  await new Promise(setImmediate)
  t.equal(server.connections.size, 0)
  t.ok(server.log.some(({ err }) => err?.code === 'FST_WEBRTC_CLIENT_GONE'))
})

t.test('GET /ice-servers of a page of another origin -> 403, and the application is not asked', async t => {
  let asked = 0
  const server = await createServer(t, { clientIceServers: () => { asked++; return [] } })
  t.equal((await server.request('GET', '/ice-servers', undefined, { headers: { 'sec-fetch-site': 'cross-site' } })).statusCode, 403)
  t.equal(asked, 0)
  t.equal((await server.request('GET', '/ice-servers', undefined, { headers: { 'sec-fetch-site': 'same-origin' } })).statusCode, 200)
  t.equal(asked, 1)
})

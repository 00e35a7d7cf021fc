import rateLimit from '@fastify/rate-limit'
import t, { type Test } from 'tap'
import { turnCredentials, type WebRtcConnection, type WebRtcIceServers } from '../../plugin/index.js'
import { signal } from '../helpers/deadline.js'
import { description } from '../helpers/descriptions.js'
import { connect, connectByOffer, createFarEnd } from '../helpers/handshake.js'
import { listen, type HttpAnswer, type HttpClient, type HttpRequestOptions } from '../helpers/http-client.js'
import { withoutCandidates } from '../helpers/native-peer.js'
import { createServer, type TestServer, type TestServerOptions } from '../helpers/server.js'
import { silentServer } from '../helpers/silent-server.js'

/** A word that nobody uses, good for whatever has a grammar: an ice-char everywhere, and long enough for a password. */
const CANARY = 'c4n4ryC4N4RYc4n4ryC4N4RY'
/** In base64 it has another spelling for each byte at which it may begin; the ends depend on what stands around it. */
const SPELLINGS = ['', 'x', 'xx'].map(before => Buffer.from(before + CANARY).toString('base64').slice(4, -4))
const SECRET = new RegExp(['c4n4ry', ...SPELLINGS].join('|'), 'i')

/** What a log may have of an id: the first 8 characters. */
const ID = `unknown-${CANARY}`

/** Every header that a client might put a secret into, and those that Fastify or the plugin look at. */
const HEADERS = {
  authorization: `Bearer ${CANARY}`,
  cookie: `session=${CANARY}`,
  'x-forwarded-for': CANARY,
  'x-forwarded-host': CANARY,
  forwarded: `for=${CANARY}`,
  'x-real-ip': CANARY,
  'x-request-id': CANARY,
  'accept-version': CANARY,
  accept: `text/${CANARY}`,
  host: CANARY,
  origin: `https://${CANARY}`,
  referer: `https://${CANARY}/`,
  'user-agent': CANARY,
  'if-none-match': CANARY,
  [CANARY]: CANARY
}
const JSON_TYPE = { 'content-type': 'application/json' }

/** Bodies that have the canary where a client may write something, but for the descriptions. */
const BODIES = [
  CANARY, `"${CANARY}"`, `["${CANARY}"]`, `{"${CANARY}`, `{"sdp":"${CANARY}",}`, `{"type":"answer","sdp":"v=0" ${CANARY}`, `{"__proto__":{"${CANARY}":1}}`,
  ...[
    { [CANARY]: 1 }, { type: CANARY, sdp: CANARY }, { type: 'answer', sdp: CANARY }, { type: 'answer', sdp: 'v=0', [CANARY]: CANARY }, { type: 'offer', sdp: CANARY }, { sdp: { [CANARY]: CANARY } },
    { reconnectToken: { [CANARY]: CANARY } }, { reconnectToken: CANARY.repeat(3) }, { remoteDescription: CANARY }, { remoteDescription: { [CANARY]: CANARY } }, { remoteDescription: { type: CANARY, sdp: CANARY } }, { remoteDescription: { type: 'offer', sdp: CANARY } }, { remoteDescription: { type: 'answer', sdp: CANARY } }
  ].map(body => JSON.stringify(body))
]

/** Each line with the canary behind it, in the place of its value, and in the place of each of its words. */
function withCanaries (sdp: string): string[] {
  const lines = sdp.trimEnd().split('\r\n')
  const variants = lines.flatMap((line, index) => {
    const [name = '', ...words] = line.split(/(?<==|:)|(?= )/)
    const changed = words.map((_word, at) => [name, ...words.with(at, (words[at]!.startsWith(' ') ? ' ' : '') + CANARY)].join(''))
    return [`${line}${CANARY}`, `${line} ${CANARY}`, `${line.slice(0, 2)}${CANARY}`, `${CANARY}${line}`, ...changed].map(variant => lines.with(index, variant))
  })
  return [...new Set([...variants, [...lines, `a=extmap:${CANARY}`], [...lines, `a=extmap:1 ${CANARY}`], [...lines, `a=candidate:1 1 UDP 1 ${CANARY}.local 9 typ host`]].map(lines => [...lines, ''].join('\r\n')))]
}

class Watch {
  readonly server: TestServer
  readonly client: HttpClient
  /** How often each status was answered. */
  readonly statuses = new Map<number, number>()
  readonly #ids = new Set<string>()
  readonly #t: Test

  constructor (t: Test, server: TestServer, client: HttpClient) {
    this.#t = t
    this.server = server
    this.client = client
  }

  /** Asks with the canary in the query and in every header. */
  async ask (method: 'GET' | 'POST' | 'DELETE', path: string, { body, headers = typeof body === 'string' ? JSON_TYPE : {} }: HttpRequestOptions = {}): Promise<HttpAnswer> {
    const answer = await this.client.request(method, `${path}?token=${CANARY}&${CANARY}`, { body, headers: { ...HEADERS, ...headers } })
    this.statuses.set(answer.statusCode, (this.statuses.get(answer.statusCode) ?? 0) + 1)
    if (answer.statusCode >= 400) this.#t.notMatch(JSON.stringify([answer.body, answer.headers]), SECRET, `${method} ${path}`)
    return answer
  }

  post (path: string, body: unknown): Promise<HttpAnswer> {
    return this.ask('POST', path, { body: JSON.stringify(body) })
  }

  async createConnection (body?: object): Promise<WebRtcConnection> {
    const { body: text } = await this.ask('POST', '/connections', { body: JSON.stringify(body ?? {}) })
    const connection = JSON.parse(text) as WebRtcConnection
    this.#ids.add(connection.id)
    return connection
  }

  /** The log has the requests, but no canary, no part of a description, and of the ids the first 8 characters. */
  check (secrets: readonly string[] = []): void {
    const log = JSON.stringify(this.server.log)
    this.#t.notMatch(log, SECRET)
    for (const secret of [...secrets, ...this.#ids]) if (log.includes(secret)) this.#t.fail('expected no secret in the log', { secret })
    this.#t.ok(this.server.log.filter(({ msg }) => msg === 'incoming request').length >= [...this.statuses.values()].reduce((sum, count) => sum + count), 'every request is in the log')
  }
}

async function watch (t: Test, options: TestServerOptions = {}): Promise<Watch> {
  const server = await createServer(t, { maxConnections: 10_000, maxPendingConnections: 10_000, maxPendingConnectionsPerAddress: 10_000, ...options })
  return new Watch(t, server, await listen(t, server.app))
}

t.test('every operation with the canary in its id -> 404, in the log by 8 characters', async t => {
  const watched = await watch(t)
  const paths = [`/connections/${ID}`, `/connections/${ID.replace('c', '%63')}`]
  for (const path of paths) {
    for (const suffix of ['', '/local-description', '/remote-description', '/stats']) await watched.ask('GET', path + suffix)
    await watched.ask('DELETE', path)
    await watched.post(`${path}/remote-description`, description('chromium-answer'))
    await watched.post(`${path}/reconnect`, { reconnectToken: CANARY })
  }
  t.strictSame([...watched.statuses], [[404, 14]])
  watched.check()
  t.match(JSON.stringify(watched.server.log), '/connections/unknown-…/remote-description')
})

t.test('bodies with the canary in every place -> 400, and in no log', async t => {
  const watched = await watch(t)
  const { id } = await watched.createConnection()
  for (const path of ['/connections', `/connections/${id}/remote-description`, `/connections/${id}/reconnect`]) {
    for (const body of BODIES) await watched.ask('POST', path, { body })
    for (const type of [`text/${CANARY}`, `${CANARY}/${CANARY}`, CANARY, `${CANARY}; charset=${CANARY}`]) t.equal((await watched.ask('POST', path, { body: CANARY, headers: { 'content-type': type } })).statusCode, 415)
    t.equal((await watched.ask('POST', path, { body: JSON.stringify(CANARY.repeat(2000)), headers: { 'content-type': `application/json; charset=${CANARY}` } })).statusCode, 413)
  }
  t.equal(watched.statuses.get(409), 1, 'an offer in the place of an answer')
  t.equal(watched.statuses.get(400), 3 * BODIES.length - 1)
  watched.check()
})

t.test('offers with the canary in every line -> whether taken or refused, in no log', async t => {
  const watched = await watch(t)
  for (const name of ['chromium-offer', 'libdatachannel-offer']) {
    for (const sdp of withCanaries(description(name).sdp)) {
      const { id } = await watched.createConnection({ remoteDescription: { type: 'offer', sdp } })
      if (id) await watched.ask('DELETE', `/connections/${id}`)
    }
  }
  t.ok(watched.statuses.get(400)! > 50, `${watched.statuses.get(400)} refused`)
  t.ok(watched.statuses.get(201)! > 20, `${watched.statuses.get(201)} taken`)
  watched.check()
})

t.test('answers with the canary in every line -> whether taken or refused, in no log', async t => {
  const watched = await watch(t)
  for (const name of ['chromium-answer', 'libdatachannel-answer']) {
    for (const sdp of withCanaries(description(name).sdp)) {
      const { id } = await watched.createConnection()
      await watched.post(`/connections/${id}/remote-description`, { type: 'answer', sdp })
      await watched.ask('DELETE', `/connections/${id}`)
    }
  }
  t.ok(watched.statuses.get(400)! > 50, `${watched.statuses.get(400)} refused`)
  t.ok(watched.statuses.get(200)! > 20, `${watched.statuses.get(200)} taken`)
  watched.check()
})

t.test('peers that connect both ways and say the canary -> in no log, nor what connects them', async t => {
  const port = await silentServer(t)
  const echoed = signal()
  const watched = await watch(t, {
    listConnections: true,
    timeToHostCandidates: 50,
    iceServers: [{ urls: `turn:127.0.0.1:${port}`, username: CANARY, credential: CANARY }],
    clientIceServers: turnCredentials({ urls: 'turn:127.0.0.1:9', secret: CANARY }),
    beforeOffer: peerConnection => peerConnection.createDataChannel(CANARY).addEventListener('message', () => { throw new Error('of the application') }),
    beforeAnswer: peerConnection => peerConnection.addEventListener('datachannel', ({ channel }) => channel.addEventListener('message', () => echoed.resolve()))
  })
  const { server } = watched
  const offered = await connect(t, server)
  const answered = await connectByOffer(t, server)
  answered.farEnd.channels[0]!.send(CANARY)
  await echoed.promise
  const channel = await offered.farEnd.channel(CANARY)
  await channel.opened()
  for (const { connection: { id } } of [offered, answered]) {
    for (const suffix of ['', '/local-description', '/remote-description', '/stats']) t.equal((await watched.ask('GET', `/connections/${id}${suffix}`)).statusCode, 200)
    t.equal((await watched.post(`/connections/${id}/remote-description`, { type: 'answer', sdp: offered.answer })).statusCode, 409)
  }
  t.equal((await watched.ask('GET', '/connections')).statusCode, 200)
  const { body, statusCode } = await watched.ask('GET', '/ice-servers', { headers: JSON_TYPE })
  t.equal(statusCode, 200)
  const told = [offered.connection.iceServers, answered.connection.iceServers, (JSON.parse(body) as WebRtcIceServers).iceServers].map(iceServers => iceServers![0]!)
  t.notMatch(JSON.stringify(told), SECRET)
  channel.send(CANARY)
  await server.state(offered.connection.id, 'closed: handler-error')
  t.equal((await watched.ask('DELETE', `/connections/${answered.connection.id}`)).statusCode, 200)
  const sdps = [offered.connection, answered.connection].map(({ localDescription }) => localDescription!.sdp).concat(offered.answer, answered.connection.remoteDescription!.sdp)
  const secrets = sdps.flatMap(sdp => [...sdp.matchAll(/^a=(?:ice-ufrag|ice-pwd|fingerprint|candidate):(?:sha-256 )?(.*)\r$/gm)].map(([, value]) => value!))
  t.ok(secrets.length >= 12)
  watched.check([...secrets, ...told.flatMap(({ username, credential }) => [username!, credential!]), offered.connection.id, answered.connection.id])
  t.match(server.errors(offered.connection.id), ['message: of the application'])
})

t.test('every refusal of the server -> without the canary', async t => {
  const requests: Record<string, [status: number, options: TestServerOptions]> = {
    'a hook that throws': [500, { beforeOffer: () => { throw new Error('of the application') } }],
    'too many connections': [503, { maxPendingConnections: 1 }],
    'ICE servers that cannot be told': [500, { clientIceServers: () => [{ urls: `turn:${CANARY}:${CANARY}@turn.example.org`, username: CANARY, credential: CANARY }] }],
    'ICE servers without half of what they need': [500, { clientIceServers: async () => [{ urls: 'turn:turn.example.org', credential: CANARY }] }],
    'a hook that never ends': [504, { timeToConnected: 50, beforeOffer: ({ signalingState }, { request }) => signalingState === 'stable' && request.headers[CANARY.toLowerCase()] ? new Promise(() => {}) : undefined }]
  }
  for (const [name, [status, options]] of Object.entries(requests)) {
    t.test(`${name} -> ${status}`, async t => {
      const watched = await watch(t, options)
      await watched.server.request('POST', '/connections')
      t.equal((await watched.ask('POST', '/connections', { body: '{}' })).statusCode, status)
      watched.check()
    })
  }

  t.test('too many requests, as @fastify/rate-limit counts them -> 429', async t => {
    const { app, log } = await createServer(t, { host: app => app.register(rateLimit, { max: 1 }) })
    const ask = () => app.inject({ method: 'POST', url: `/connections?token=${CANARY}`, headers: HEADERS })
    await ask()
    const { statusCode, body, headers } = await ask()
    t.equal(statusCode, 429)
    t.notMatch(JSON.stringify([body, headers, log]), SECRET)
  })

  t.test('no listing -> 403', async t => {
    const watched = await watch(t)
    t.equal((await watched.ask('GET', '/connections')).statusCode, 403)
    watched.check()
  })

  t.test('a server that closes -> 503', async t => {
    const closing = signal()
    const watched = await watch(t, { host: app => app.addHook('preClose', () => closing.promise) })
    const closed = watched.server.app.close()
    t.equal((await watched.ask('POST', '/connections', { body: '{}' })).statusCode, 503)
    closing.resolve()
    await closed
    t.notMatch(JSON.stringify(watched.server.log), SECRET)
  })
})

t.test('reconnects with the token, with a wrong one, with offers, and when the hook fails -> in no log', async t => {
  let isFailing = false
  const watched = await watch(t, { beforeOffer: () => { if (isFailing) throw new Error('of the application') } })
  const { id, reconnectToken } = await watched.createConnection()
  const path = `/connections/${id}/reconnect`
  const secrets = [reconnectToken!]
  const remember = ({ body }: HttpAnswer) => { secrets.push(JSON.parse(body).reconnectToken) }
  t.equal((await watched.post(path, { reconnectToken: CANARY })).statusCode, 403)
  t.equal((await watched.post(path, { reconnectToken, remoteDescription: { type: 'offer', sdp: `v=0\r\na=${CANARY}` } })).statusCode, 400)
  remember(await watched.post(path, { reconnectToken }))
  remember(await watched.post(path, { reconnectToken: secrets[1], remoteDescription: description('chromium-offer') }))
  isFailing = true
  t.equal((await watched.post(path, { reconnectToken: secrets[2] })).statusCode, 500)
  t.equal(new Set(secrets).size, 3)
  watched.check(secrets)
})

t.test('an answer that only the native side refuses, and why -> in the log without what it quotes', async t => {
  const watched = await watch(t)
  for (const line of [`a=extmap:${CANARY}`, `a=rtpmap:${CANARY}`, `a=extmap:1/${CANARY} x`]) {
    const { id, localDescription } = await watched.createConnection()
    const answer = createFarEnd(t).answer(withoutCandidates(localDescription!.sdp))
    const { statusCode } = await watched.post(`/connections/${id}/remote-description`, { type: 'answer', sdp: `${answer}${line}\r\n` })
    t.ok([200, 400].includes(statusCode))
  }
  t.equal(watched.statuses.get(400)! > 0, true)
  watched.check()
})

t.test('a path that Fastify cannot read -> is quoted in its own answer, and not logged', async t => {
  const server = await createServer(t)
  for (const id of [`%${CANARY}`, CANARY.repeat(5)]) {
    const { body } = await server.app.inject(`/connections/${id}`)
    t.match(body, CANARY)
  }
  t.notMatch(JSON.stringify(server.log), SECRET)
})

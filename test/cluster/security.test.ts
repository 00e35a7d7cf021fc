import type { FastifyRequest } from 'fastify'
import t, { type Test } from 'tap'
import { Cluster, type ClusterOptions, type WebRtcConnection } from '../../plugin/index.js'
import { decode, encode, type Open } from '../../plugin/cluster/message.js'
import { findWhereabouts } from '../../plugin/cluster/whereabouts.js'
import { hostAddresses } from '../../plugin/connections/host-addresses.js'
import { clientAddress } from '../../plugin/routes/client-address.js'
import { createCluster, type ClusterServer, type MemoryCluster } from '../helpers/cluster.js'
import { createServer, type TestServerOptions } from '../helpers/server.js'

const HOST = findWhereabouts().host

const as = (principal: string, headers = {}): { headers: Record<string, string> } => ({ headers: { 'x-principal': principal, ...headers } })

t.test('identify -> the owner finds out by itself whose a forwarded request is; for others it does not exist, byte for byte', async t => {
  const { servers: [owner, other] } = await createCluster(t, 2, { identify: ({ headers }) => headers['x-principal'] as string })
  const { json: { id } } = await owner!.server.request<WebRtcConnection>('POST', '/connections', undefined, as('ada'))
  const asked = (principal: string, id: string) => other!.server.app.inject({ url: `/connections/${id}`, ...as(principal) })
  t.equal((await asked('ada', id)).statusCode, 200)
  const refused = await asked('bob', id)
  const unknown = await asked('bob', `${'a'.repeat(22)}${owner!.cluster.node}`)
  const nobodys = await asked('bob', 'unknown')
  for (const { statusCode, body } of [refused, unknown, nobodys]) t.strictSame([statusCode, body], [404, refused.body])
  t.strictSame(withoutDate(refused.headers), withoutDate(nobodys.headers))
})

t.test("the host's hooks -> run where the request arrives, and again at the owner; what they refuse there is refused", async t => {
  const ran: string[] = []
  const { servers: [owner, other] } = await createCluster(t, 2, {
    host: app => app.addHook('onRequest', async (request, reply) => {
      if (!request.url.startsWith('/connections/')) return
      ran.push(String(request.headers.authorization))
      if (ran.length === 3) return reply.code(401).header('www-authenticate', 'Bearer').type('text/plain').send('no more')
      if (request.headers.authorization !== 'Bearer token') throw Object.assign(new Error('Who are you?'), { statusCode: 401 })
    })
  })
  const { id } = await owner!.server.createConnection()
  const url = `/connections/${id}`
  t.equal((await other!.server.app.inject({ url })).statusCode, 401)
  t.equal(ran.length, 1, 'who is refused here is nobody that the broker hears of')
  const { statusCode, headers, body } = await other!.server.app.inject({ url, headers: { authorization: 'Bearer token' } })
  t.strictSame([statusCode, headers['www-authenticate'], body], [401, 'Bearer', 'no more'])
  t.strictSame(ran, ['undefined', 'Bearer token', 'Bearer token'])
})

t.test('a header of a client that says that another process asks -> says nothing', async t => {
  const seen: unknown[] = []
  const { servers: [owner, other] } = await createCluster(t, 2, { listConnections: true, identify: ({ headers }) => { seen.push(headers['fastify-webrtc-replay']); return undefined } })
  const { id } = await owner!.server.createConnection()
  const headers = { 'fastify-webrtc-replay': 'forged' }
  t.match(await other!.server.request('GET', `/connections/${id}`, undefined, { headers }), { statusCode: 200, json: { id } })
  t.match(await other!.server.request('GET', '/connections', undefined, { headers }), { statusCode: 200, json: [{ id }] })
  t.strictSame([...new Set(seen)], [undefined], 'and what does say it is no header that the application sees')
})

t.test('where a request came from -> is known at the owner, as trustProxy at the first process sees it; no header says it', async t => {
  const { servers, owner, seen } = await withAddresses(t, { fastify: { trustProxy: '127.0.0.1' } })
  const [, other] = servers
  const { id } = await owner.server.createConnection()
  const ask = async (remoteAddress: string, headers = {}) => {
    seen.length = 0
    await other!.server.request('GET', `/connections/${id}`, undefined, { remoteAddress, headers })
    return seen
  }
  t.strictSame(await ask('198.51.100.7'), ['198.51.100.7 known'])
  t.strictSame(await ask('127.0.0.1', { 'x-forwarded-for': '203.0.113.9' }), ['203.0.113.9 known'])
  t.strictSame(await ask('127.0.0.1', { 'x-forwarded-for': '203.0.113.9, 127.0.0.1' }), ['203.0.113.9 known'])
  t.strictSame(await ask('198.51.100.7', { 'x-forwarded-for': '127.0.0.1' }), ['198.51.100.7 unknown'], 'a proxy that nobody vouches for')
  t.strictSame(await ask('127.0.0.1'), ['127.0.0.1 known'], 'a client on the same host')
})

t.test('an address that means another host elsewhere, of a process of another host -> is nobody', async t => {
  const { owner, seen } = await withAddresses(t)
  const { id } = await owner.server.createConnection()
  const ask = async (open: Partial<Open>) => {
    seen.length = 0
    await owner.engine.listener!.answer(encode(openMessage(id, open)))
    return seen[0]
  }
  t.equal(await ask({ address: '127.0.0.1', host: HOST }), '127.0.0.1 known')
  for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1', '169.254.1.1', 'fe80::1%eth0', '0.0.0.0', undefined]) t.equal(await ask({ address }), 'unknown known', `${address}`)
  for (const { address } of hostAddresses()) t.equal(await ask({ address }), 'unknown known', `${address}, which the owner has too`)
  for (const address of ['10.0.0.7', '198.51.100.7', 'fd00::1', '2001:db8::1', 'nobody']) t.equal(await ask({ address }), `${address} known`, address)
  t.equal(await ask({ address: undefined, host: HOST }), 'unknown known', 'a Unix socket')
})

t.test("an answer's headers -> those that the plugin gives, whoever has the broker's password", async t => {
  const { servers: [owner, other] } = await createCluster(t, 2)
  const { id } = await owner!.server.createConnection()
  owner!.engine.listener!.answer = async () => encode({ type: 'part', answer: '', status: 200, headers: { 'content-type': 'application/json', 'set-cookie': 'a=b' }, isLast: true }, Buffer.from('{}'))
  const asked = await other!.server.app.inject(`/connections/${id}`)
  t.match([asked.statusCode, asked.headers['content-type'], asked.headers['set-cookie']], [200, /json/, undefined])
  for (const headers of [{ 'content-type': 'text/html' }, {} as Record<string, string>]) {
    owner!.engine.listener!.answer = async () => encode({ type: 'part', answer: '', status: 200, headers, isLast: true }, Buffer.from('<script>'))
    t.match((await other!.server.app.inject(`/connections/${id}`)).headers['content-type'], /^text\/plain/)
  }
})

t.test('what says how a body came -> stays where the body was read', async t => {
  const seen: unknown[] = []
  const { servers: [owner, other] } = await createCluster(t, 2, { host: app => app.addHook('onRequest', async ({ headers }) => { seen.push(headers['content-encoding']) }) })
  const { id } = await owner!.server.createConnection()
  seen.length = 0
  await other!.server.request('GET', `/connections/${id}`, undefined, { headers: { 'content-encoding': 'gzip' } })
  t.strictSame(seen, ['gzip', undefined])
})

t.test('a message that asks for what is no operation on a connection -> is refused, and no route of the host runs', async t => {
  const ran: string[] = []
  const { owner } = await withAddresses(t, {
    host: app => { for (const path of ['/admin', '/events', '/connections/events']) app.get(path, async ({ url }) => { ran.push(url) }) }
  })
  const { id } = await owner.server.createConnection()
  const answer = async (open: Partial<Open>) => decode(await owner.engine.listener!.answer(encode(openMessage(id, open))))!.head
  const refusal = { type: 'refusal', reason: 'unknown' }
  t.match(await answer({ operation: 'GET /admin' }), refusal)
  t.match(await answer({ operation: 'POST /connections' }), refusal)
  t.match(await answer({ registration: '/elsewhere' }), refusal)
  t.match(await answer({ headers: { a: 'a'.repeat(40_000) } }), refusal)
  t.match(await answer({ params: { id: '../admin' } }), { type: 'part', status: 404 })
  for (const id of ['', '.', '..', undefined]) t.match(await answer({ operation: 'GET /connections/:id/events', params: { ...id !== undefined && { id } }, query: '?timeout=0' }), refusal, `${id}`)
  t.match(await answer({ params: { id: '%2e%2e' } }), { type: 'part', status: 404 })
  t.match(await answer({ query: '/../../admin' }), { type: 'part', status: 200 })
  t.match(await answer({ params: { id: `${'a'.repeat(22)}bbbbbbbb` } }), { type: 'part', status: 404 }, 'an id of a third process')
  t.strictSame(ran, [])
})

t.test('what is no message, or one of another version -> is refused at once, or not heard', async t => {
  const { servers: [owner, other] } = await createCluster(t, 2)
  const { id } = await owner!.server.createConnection()
  const older = Buffer.from(Buffer.from(encode(openMessage(id))).toString().replace('"v":1', '"v":0'))
  const refusal = { head: { type: 'refusal', reason: 'unknown' } }
  for (const data of [older, Buffer.from(''), Buffer.from('{}\n'), Buffer.from('[1]\n'), Buffer.from('null\n'), Buffer.from('x\n'), Buffer.from('{"v":1,"type":"open"}\n')]) {
    t.match(decode(await owner!.engine.listener!.answer(data)), refusal)
    owner!.engine.listener!.hear(data)
  }
  t.match(decode(await owner!.engine.listener!.answer(encode({ type: 'next', answer: 'never' }))), refusal)
  t.equal(owner!.cluster.size, 1)
  owner!.engine.listener!.answer = async () => Buffer.from('{"v":0,"type":"answer"}\n')
  t.match(await other!.server.request('GET', `/connections/${id}`), { statusCode: 503, json: { code: 'FST_WEBRTC_CLUSTER_UNAVAILABLE' } }, 'an answer of another version')
})

t.test('a message with a parameter that no URL can have, or that cannot be done again -> is refused, and the next one is answered', async t => {
  const { owner } = await withAddresses(t)
  const { id } = await owner.server.createConnection()
  const answer = async (open: Partial<Open>) => decode(await owner.engine.listener!.answer(encode(openMessage(id, open))))!.head
  const refusal = { type: 'refusal', reason: 'unknown' }
  t.match(await answer({ params: { id: '\ud800' } }), refusal)
  owner.cluster.join({ name: '/another', replay: () => { throw new Error('of the other registration') } })
  t.match(await answer({ registration: '/another' }), refusal)
  await owner.cluster.leave('/another')
  t.match(await answer({}), { type: 'part', status: 200 })
})

t.test('a message of a later version with more in it -> is understood', async t => {
  const { owner } = await withAddresses(t)
  const { id } = await owner.server.createConnection()
  const later = { ...openMessage(id), priority: 'high' }
  t.match(decode(await owner.engine.listener!.answer(encode(later as never))), { head: { type: 'part', status: 200 } })
})

t.test('a cluster that is none, one that has closed, two for one manager, a prefix twice -> refused', async t => {
  await t.rejects(createServer(t, { cluster: {} as Cluster }), { code: 'FST_WEBRTC_INVALID_OPTION' })
  const { servers: [first], broker } = await createCluster(t, 1)
  t.throws(() => first!.cluster.join({ name: '', replay: () => undefined }), /one registration/)
  t.throws(() => first!.server.connections.share({ node: 'another', count: () => 0, changed () {} }), { code: 'FST_WEBRTC_INVALID_OPTION' })
  first!.server.connections.share({ node: first!.cluster.node, count: () => 0, changed () {} })
  await first!.server.app.close()
  t.throws(() => first!.cluster.join({ name: '/another', replay: () => undefined }), /has not closed/)
  t.equal(first!.cluster.isReady, false)
  const WRONG: ClusterOptions[] = [{ timeout: 0 }, { maxInFlight: 0 }, { timeToGone: -1 }, { onForwarded: 1 as never }, { retries: 1 } as ClusterOptions]
  for (const options of WRONG) t.throws(() => new Cluster(broker.createEngine(), options), { code: 'FST_WEBRTC_INVALID_OPTION' })
  t.ok(new Cluster(broker.createEngine(), { timeToGone: Infinity }))
})

/** Servers of which the owner notes for each request of others where it came from. */
async function withAddresses (t: Test, options: TestServerOptions = {}): Promise<MemoryCluster & { owner: ClusterServer, seen: string[] }> {
  const seen: string[] = []
  const note = (request: FastifyRequest) => {
    seen.push(`${request.ip} ${clientAddress(request) === undefined ? 'unknown' : 'known'}`)
    return undefined
  }
  const cluster = await createCluster(t, 1, { ...options, identify: note })
  if (options.fastify) await cluster.add({ identify: undefined })
  return { ...cluster, owner: cluster.servers[0]!, seen }
}

function openMessage (id: string, open: Partial<Open> = {}) {
  return { type: 'open' as const, registration: '', operation: 'GET /connections/:id', params: { id }, query: '', headers: {}, host: 'elsewhere', ...open }
}

function withoutDate ({ date: _, ...headers }: Record<string, unknown>) {
  return headers
}

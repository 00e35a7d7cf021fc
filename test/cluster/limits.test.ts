import Fastify from 'fastify'
import t from 'tap'
import signaling, { Cluster, ConnectionManager, type WebRtcConnection } from '../../plugin/index.js'
import { createCluster, until } from '../helpers/cluster.js'
import { MemoryBroker } from '../helpers/memory-broker.js'

const as = (principal: string) => ({ headers: { 'x-principal': principal } })
const identify = ({ headers }: { headers: Record<string, unknown> }) => headers['x-principal'] as string | undefined

t.test('connections of a principal in all processes together -> 429 beyond its limit, at any of them; those of another are not counted', async t => {
  const { servers } = await createCluster(t, 3, { identify, maxPendingConnectionsPerPrincipal: 3 })
  const create = (index: number, principal = 'ada') => servers[index]!.server.request<WebRtcConnection & { code: string }>('POST', '/connections', undefined, as(principal))
  const created = [await create(0), await create(1), await create(2)]
  t.strictSame(created.map(({ statusCode }) => statusCode), [201, 201, 201])
  for (const { cluster } of servers) await until(() => cluster.countElsewhere(' pending principal ada') === 2, 'the others to be counted')
  for (const index of [0, 1, 2]) t.match(await create(index), { statusCode: 429, json: { code: 'FST_WEBRTC_TOO_MANY_PENDING_CONNECTIONS_OF_PRINCIPAL' } })
  t.equal((await create(0, 'bob')).statusCode, 201)

  t.equal((await servers[0]!.server.request('DELETE', `/connections/${created[2]!.json.id}`, undefined, as('ada'))).statusCode, 200)
  await until(() => servers[0]!.cluster.countElsewhere(' pending principal ada') === 1, 'the end to be counted')
  t.equal((await create(0)).statusCode, 201)
})

t.test('connections from an address in all processes together -> 429 beyond its limit', async t => {
  const { servers: [one, other] } = await createCluster(t, 2, { maxConnectionsPerAddress: 1 })
  t.equal((await one!.server.request('POST', '/connections')).statusCode, 201)
  await until(() => other!.cluster.countElsewhere(' all network 127.0.0.1') === 1, 'it to be counted')
  t.match(await other!.server.request('POST', '/connections'), { statusCode: 429, json: { code: 'FST_WEBRTC_TOO_MANY_CONNECTIONS_FROM_ADDRESS' } })
  t.equal((await other!.server.request('POST', '/connections', undefined, { remoteAddress: '198.51.100.7' })).statusCode, 201)
})

t.test('a process that comes later -> counts what the others have', async t => {
  const { servers: [one], add } = await createCluster(t, 1, { identify, maxPendingConnectionsPerPrincipal: 1 })
  t.equal((await one!.server.request('POST', '/connections', undefined, as('ada'))).statusCode, 201)
  const { server } = await add()
  t.equal((await server.request('POST', '/connections', undefined, as('ada'))).statusCode, 429)
})

t.test('what a process had that has closed, or that has ended -> is counted no more', async t => {
  const { servers: [one, two, three] } = await createCluster(t, 3, { identify, maxPendingConnectionsPerPrincipal: 2, timeToGone: 1500 })
  for (const { server } of [one!, two!]) t.equal((await server.request('POST', '/connections', undefined, as('ada'))).statusCode, 201)
  const { cluster, server } = three!
  await until(() => cluster.countElsewhere(' pending principal ada') === 2, 'both to be counted')
  await one!.server.app.close()
  await until(() => cluster.countElsewhere(' pending principal ada') === 1, 'the one that has closed to be forgotten')
  two!.engine.fault = 'killed'
  await until(() => cluster.countElsewhere(' pending principal ada') === 0, 'the one that says nothing to be forgotten')
  t.equal((await server.request('POST', '/connections', undefined, as('ada'))).statusCode, 201)
})

t.test('without the broker -> each process counts by itself, and what it last knew of the others', async t => {
  const { broker, servers: [one, other] } = await createCluster(t, 2, { identify, maxPendingConnectionsPerPrincipal: 2 })
  const create = (index: number) => [one, other][index]!.server.request('POST', '/connections', undefined, as('ada'))
  t.equal((await create(0)).statusCode, 201)
  await until(() => other!.cluster.countElsewhere(' pending principal ada') === 1, 'it to be counted')
  broker.setAway(true)
  t.strictSame([(await create(1)).statusCode, (await create(1)).statusCode, (await create(0)).statusCode], [201, 429, 201])
})

t.test('GET /connections -> those of all processes, of the principal alone', async t => {
  const { servers } = await createCluster(t, 3, { identify, listConnections: true })
  const ids: string[] = []
  for (const { server } of servers) {
    ids.push((await server.request<WebRtcConnection>('POST', '/connections', undefined, as('ada'))).json.id)
    await server.request('POST', '/connections', undefined, as('bob'))
  }
  for (const { server } of servers) {
    const { headers, json } = await server.request<WebRtcConnection[]>('GET', '/connections', undefined, as('ada'))
    t.strictSame(json.map(({ id }) => id).sort(), [...ids].sort())
    t.equal(headers['webrtc-partial'], undefined)
  }
})

t.test('GET /connections where a process does not answer, or the broker is away -> those of the others, and Webrtc-Partial', async t => {
  const { broker, servers: [one, other] } = await createCluster(t, 2, { listConnections: true, timeout: 300 })
  const { id } = await one!.server.createConnection()
  await other!.server.createConnection()
  const partial = { statusCode: 200, headers: { 'webrtc-partial': 'true' }, json: [{ id }] }
  other!.engine.fault = 'frozen'
  t.match(await one!.server.request('GET', '/connections'), partial)
  other!.engine.fault = 'cut'
  t.match(await one!.server.request('GET', '/connections'), partial)
  other!.engine.fault = 'none'
  broker.setAway(true)
  t.match(await one!.server.request('GET', '/connections'), partial)
})

t.test('GET /connections that is longer than a message -> comes in parts, whole', async t => {
  const { servers: [one, other] } = await createCluster(t, 2, { listConnections: true, generateId: createLongId })
  const COUNT = 30
  for (let count = 0; count < COUNT; count++) await other!.server.createConnection()
  const { json, headers } = await one!.server.request<WebRtcConnection[]>('GET', '/connections')
  t.strictSame([json.length, headers['webrtc-partial']], [COUNT, undefined])
})

let number = 0

/** An application may have its reasons. */
function createLongId (): string {
  return `${number++}${'a'.repeat(5000)}`
}

t.test('more counts than a message has room for -> in several', async t => {
  const { servers: [one], add } = await createCluster(t, 1)
  for (let count = 0; count < 4500; count++) one!.cluster.setCount(`key ${count}`, 1)
  const { cluster } = await add()
  t.strictSame(['key 0', 'key 2500', 'key 4499'].map(key => cluster.countElsewhere(key)), [1, 1, 1])
  for (let count = 0; count < 4500; count++) one!.cluster.setCount(`key ${count}`, 2)
  await until(() => cluster.countElsewhere('key 4499') === 2, 'the last of them')
})

t.test('principals with long names -> messages that a broker takes, without the names', async t => {
  const { servers: [one, other] } = await createCluster(t, 2)
  const said: Buffer[] = []
  const publish = one!.engine.publish.bind(one!.engine)
  one!.engine.publish = message => {
    said.push(Buffer.from(message))
    publish(message)
  }
  const name = 'ada'.repeat(1000)
  for (let count = 0; count < 500; count++) one!.cluster.setCount(`${name} ${count}`, 1)
  await until(() => other!.cluster.countElsewhere(`${name} 499`) === 1, 'the last of them')
  t.ok(said.length > 0)
  t.strictSame(said.filter(message => message.length > 100_000 || message.includes(name)), [])
})

t.test('connections that the application made before it registered the plugin -> are counted by the others, too', async t => {
  const broker = new MemoryBroker()
  const connections = new ConnectionManager({ bindAddress: '127.0.0.1' })
  await connections.createConnection({ principal: 'ada', hook: peerConnection => { peerConnection.createDataChannel('x') } })
  const [one, other] = [new Cluster(broker.createEngine()), new Cluster(broker.createEngine())]
  for (const [cluster, options] of [[one, { connections }], [other, {}]] as const) {
    const app = Fastify()
    t.teardown(() => app.close())
    await app.register(signaling, { cluster, ...options }).ready()
  }
  await until(() => other.countElsewhere(' pending principal ada') === 1, 'it to be counted')
})

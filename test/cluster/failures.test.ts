import t, { type Test } from 'tap'
import type { WebRtcConnection } from '../../plugin/index.js'
import { createCluster, until, untilKnown } from '../helpers/cluster.js'
import { signal, within } from '../helpers/deadline.js'
import { EventReader } from '../helpers/event-reader.js'
import { listen } from '../helpers/http-client.js'
import type { TestServer } from '../helpers/server.js'

const UNAVAILABLE = { statusCode: 503, headers: { 'retry-after': '1' }, json: { code: 'FST_WEBRTC_CLUSTER_UNAVAILABLE' } }
const NOT_FOUND = { statusCode: 404, json: { code: 'FST_WEBRTC_CONNECTION_NOT_FOUND' } }
const TIMEOUT = { statusCode: 504, json: { code: 'FST_WEBRTC_CLUSTER_TIMEOUT' } }

t.test('an owner that has closed -> 404 at every other process, at once', async t => {
  const { servers: [owner, other, third] } = await createCluster(t, 3)
  const { id } = await owner!.server.createConnection()
  await owner!.server.app.close()
  await untilKnown(other!.cluster, 1)
  for (const { server } of [other!, third!]) t.match(await get(server, id), NOT_FOUND)
})

t.test('an owner that nobody reaches, and of which nobody knows whether it has ended -> 503, and 404 after timeToGone', async t => {
  const { servers: [owner, other] } = await createCluster(t, 2, { timeToGone: 1000 })
  const { id } = await owner!.server.createConnection()
  owner!.engine.fault = 'killed'
  t.match(await get(other!.server, id), UNAVAILABLE)
  t.match(await get(other!.server, id), UNAVAILABLE)
  await untilKnown(other!.cluster, 0)
  t.match(await get(other!.server, id), NOT_FOUND)
})

t.test('an owner that is frozen -> 504 within two seconds, and 200 when it goes on', async t => {
  const { servers: [owner, other] } = await createCluster(t, 2)
  const { id } = await owner!.server.createConnection()
  owner!.engine.fault = 'frozen'
  t.match(await get(other!.server, id), TIMEOUT)
  owner!.engine.fault = 'none'
  t.equal((await get(other!.server, id)).statusCode, 200)
})

t.test('an owner that ends while it is asked -> 503, as nobody knows yet whether it has ended', async t => {
  const { servers: [owner, other] } = await createCluster(t, 2)
  const { id } = await owner!.server.createConnection()
  const asked = other!.server.request('GET', `/connections/${id}/local-candidates?after=100&wait=30000`)
  await until(() => owner!.server.log.some(({ msg }) => msg === 'incoming request'), 'the owner to be asked')
  owner!.engine.fault = 'killed'
  t.match(await asked, UNAVAILABLE)
})

t.test('a broker that is away -> 503 for the connections of others; own ones and new ones are as ever; back again, no 404', async t => {
  const { broker, servers: [owner, other] } = await createCluster(t, 2)
  const { id } = await owner!.server.createConnection()
  broker.setAway(true)
  t.match(await get(other!.server, id), UNAVAILABLE)
  t.equal((await get(owner!.server, id)).statusCode, 200)
  const { id: own } = await other!.server.createConnection()
  t.equal((await get(other!.server, own)).statusCode, 200)
  t.strictSame([other!.cluster.isConnected, other!.cluster.isReady], [false, true])
  broker.setAway(false)
  const statuses = new Set<number>()
  do statuses.add((await get(other!.server, id)).statusCode); while (!statuses.has(200))
  t.notOk(statuses.has(404))
  t.equal((await get(owner!.server, own)).statusCode, 200)
})

t.test('a partition between one process and the broker -> 503 for its connections elsewhere and for those of others there, 200 when it is over', async t => {
  const { servers: [owner, other] } = await createCluster(t, 2)
  const [{ id }, { id: others }] = [await owner!.server.createConnection(), await other!.server.createConnection()]
  owner!.engine.fault = 'cut'
  t.match(await get(other!.server, id), UNAVAILABLE)
  t.match(await get(owner!.server, others), UNAVAILABLE)
  t.equal((await get(owner!.server, id)).statusCode, 200)
  owner!.engine.fault = 'none'
  await untilKnown(owner!.cluster, 1)
  t.equal((await get(other!.server, id)).statusCode, 200)
  t.equal((await get(owner!.server, others)).statusCode, 200)
})

t.test('a request that is under way when the broker goes -> 503 at once', async t => {
  const { broker, servers: [owner, other] } = await createCluster(t, 2)
  const { id } = await owner!.server.createConnection()
  const asked = other!.server.request('GET', `/connections/${id}/local-candidates?after=100&wait=30000`)
  await until(() => owner!.server.log.some(({ msg }) => msg === 'incoming request'), 'the owner to be asked')
  broker.setAway(true)
  t.match(await asked, UNAVAILABLE)
})

t.test('a process that has just come, of a connection of one that is cut off -> 503: it has heard of it from the others', async t => {
  const { servers, add } = await createCluster(t, 2)
  const { id } = await servers[0]!.server.createConnection()
  servers[0]!.engine.fault = 'cut'
  const third = await add()
  t.match(await get(third.server, id), UNAVAILABLE)
})

t.test('a process that has not heard from the others yet -> 503 for an id that it does not know, 404 when it has', async t => {
  const { broker, servers: [owner, other] } = await createCluster(t, 2)
  broker.setAway(true)
  broker.setAway(false)
  const unknown = `${'a'.repeat(22)}bbbbbbbb`
  t.match(await get(owner!.server, unknown), UNAVAILABLE)
  await untilKnown(owner!.cluster, 1)
  await untilKnown(other!.cluster, 1)
  t.match(await get(owner!.server, unknown), NOT_FOUND)
})

t.test('more requests than maxInFlight -> 503 beyond it, at who asks and at who is asked; the others are answered', async t => {
  const { servers: [owner, one, other] } = await createCluster(t, 3, { maxInFlight: 1 })
  const { id } = await owner!.server.createConnection()
  const slow = one!.server.request('GET', `/connections/${id}/local-candidates?after=100&wait=1500`)
  await until(() => owner!.server.log.some(({ msg }) => msg === 'incoming request'), 'the owner to be asked')
  const busy = { statusCode: 503, headers: { 'retry-after': '1' }, json: { code: 'FST_WEBRTC_CLUSTER_BUSY' } }
  t.match(await get(one!.server, id), busy)
  t.match(await get(other!.server, id), busy)
  t.equal((await slow).statusCode, 200)
  t.equal((await get(one!.server, id)).statusCode, 200)
})

t.test('a process that is frozen, and has as many requests waiting as it may -> one more gets 503; those for another one are answered', async t => {
  const { servers: [owner, frozen, one] } = await createCluster(t, 3, { maxInFlight: 1 })
  const [{ id }, { id: frozens }] = [await owner!.server.createConnection(), await frozen!.server.createConnection()]
  frozen!.engine.fault = 'frozen'
  const waiting = get(one!.server, frozens)
  t.match(await get(one!.server, frozens), { statusCode: 503, json: { code: 'FST_WEBRTC_CLUSTER_BUSY' } })
  t.equal((await get(one!.server, id)).statusCode, 200)
  t.match(await waiting, TIMEOUT)
})

t.test('requests that wait for news, of which the process has had its first word -> keep none from being answered', async t => {
  const { servers: [owner, one, other] } = await createCluster(t, 3, { maxInFlight: 1 })
  const { id } = await owner!.server.createConnection()
  let isAnswered = false
  const slow = one!.server.request('GET', `/connections/${id}/local-candidates?after=100&wait=10000`)
  slow.then(() => { isAnswered = true })
  await until(() => owner!.server.log.some(({ msg }) => msg === 'incoming request'), 'the owner to be asked')
  t.match((await get(one!.server, id)), { statusCode: 503, json: { code: 'FST_WEBRTC_CLUSTER_BUSY' } })
  await until(async () => (await get(one!.server, id)).statusCode === 200, 'room for one more')
  t.equal((await get(other!.server, id)).statusCode, 200)
  t.equal(isAnswered, false, 'it still waits')
  t.equal((await owner!.server.request('DELETE', `/connections/${id}`)).statusCode, 200)
  await slow
})

t.test('what takes longer than the timeout -> is waited for', async t => {
  const { servers: [owner, other] } = await createCluster(t, 2, { timeout: 600, beforeOffer: (_peer, { isReconnect }) => isReconnect ? new Promise(resolve => setTimeout(resolve, 1500)) : undefined })
  const { id, reconnectToken } = await owner!.server.createConnection()
  t.equal((await other!.server.request('POST', `/connections/${id}/reconnect`, { reconnectToken })).statusCode, 200)
})

t.test('a client that goes while another process has its answer to make -> the owner hears of it', async t => {
  const started = signal()
  const { servers: [owner, other] } = await createCluster(t, 2, { beforeOffer: (_peer, { isReconnect }) => isReconnect ? (started.resolve(), new Promise(() => {})) : undefined })
  const { id, reconnectToken } = await owner!.server.createConnection()
  const client = await listen(t, other!.server.app)
  const controller = new AbortController()
  const asked = fetch(`http://127.0.0.1:${client.port}/connections/${id}/reconnect`, { method: 'POST', body: JSON.stringify({ reconnectToken }), headers: { 'content-type': 'application/json' }, signal: controller.signal })
  await within(started.promise, 'the hook')
  controller.abort()
  await t.rejects(asked)
  await until(() => owner!.server.log.some(({ err }) => err?.code === 'FST_WEBRTC_CLIENT_GONE'), 'the owner to hear of it')
})

t.test('events -> streamed from the owner, until the connection has closed', async t => {
  const { reader, id, owner } = await readEvents(t)
  const { id: seen } = await reader.until(({ type }) => type === 'description' || type === 'state')
  t.ok(Number(seen) > 0)
  t.equal((await owner.server.request('DELETE', `/connections/${id}`)).statusCode, 200)
  t.equal((await reader.ended()).at(-1)!.type, 'closed')
})

t.test('events of another process, open when the server closes -> cut, and it closes at once', async t => {
  const { reader, other } = await readEvents(t)
  await within(other.server.app.close(), 'the end', 1000)
  await reader.cut()
})

t.test('events of another process that come when the server has closed, whose cluster stays -> 503, and it closes', async t => {
  const [arrived, goOn, left] = [signal(), signal(), signal()]
  const { servers: [other], add } = await createCluster(t, 1)
  const owner = await add({
    host: app => app.addHook('onRequest', async ({ url }) => {
      if (!url.includes('/events')) return
      arrived.resolve()
      await goOn.promise
    })
  })
  const { id } = await owner.server.createConnection()
  const { cluster, server: { app } } = other!
  cluster.join({ name: '/another', replay: () => undefined })
  const leave = cluster.leave.bind(cluster)
  cluster.leave = async name => {
    left.resolve()
    await leave(name)
  }
  const { port } = await listen(t, app)
  const asked = fetch(`http://127.0.0.1:${port}/connections/${id}/events`)
  await within(arrived.promise, 'the request')
  const closed = app.close()
  await within(left.promise, 'the end of the registration')
  goOn.resolve()
  await within(closed, 'the end', 5000)
  const answer = await asked
  t.match([answer.status, answer.headers.get('content-type'), await answer.json()], [503, /json/, { code: 'FST_WEBRTC_CLOSING' }])
  await leave('/another')
})

t.test('events whose reader goes -> end at the owner', async t => {
  const { reader, owner } = await readEvents(t)
  reader.close()
  await until(() => owner.server.log.some(({ msg }) => /premature/.test(msg)), 'the end of the stream at the owner')
})

t.test('events of an owner that goes -> the stream is cut, and the next one is refused', async t => {
  const { reader, owner, other, id } = await readEvents(t)
  owner.engine.fault = 'killed'
  // In the middle of a stream a process may say nothing for ten seconds.
  await reader.cut(20_000)
  t.match(await get(other.server, id), UNAVAILABLE)
})

async function readEvents (t: Test) {
  const { servers: [owner, other] } = await createCluster(t, 2)
  const { id } = await owner!.server.createConnection()
  const { port } = await listen(t, other!.server.app)
  const reader = await EventReader.open(t, port, `/connections/${id}/events`)
  return { reader, id, owner: owner!, other: other! }
}

function get (server: TestServer, id: string) {
  return server.request<WebRtcConnection & { code?: string }>('GET', `/connections/${id}`)
}

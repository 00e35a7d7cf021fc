import t, { type Test } from 'tap'
import { Cluster, type WebRtcConnection } from '../../plugin/index.js'
import { createCluster } from '../helpers/cluster.js'
import { readEventStream } from '../helpers/event-stream.js'
import { createFarEnd, offered } from '../helpers/handshake.js'
import { MemoryBroker } from '../helpers/memory-broker.js'
import { connectAgain, reconnect } from '../helpers/reconnect.js'
import { withoutCandidates } from '../helpers/native-peer.js'
import { createServer, type TestServerOptions } from '../helpers/server.js'

const CANDIDATES = { candidates: [{ candidate: 'candidate:1 1 udp 1 127.0.0.1 5000 typ host' }] }

t.test('every operation, asked for at another process -> the answers that the owner gives', async t => {
  const { owner, other } = await twoServers(t)
  const { connection: { id, localDescription, reconnectToken }, farEnd, answer } = await offered(t, owner)

  t.strictSame((await other.request<WebRtcConnection>('GET', `/connections/${id}`)).json.localDescription, localDescription)
  t.strictSame((await other.request('GET', `/connections/${id}/local-description`)).json, localDescription)
  t.match(await other.request('GET', `/connections/${id}/remote-description`), { statusCode: 404, json: { code: 'FST_WEBRTC_NO_REMOTE_DESCRIPTION' } })
  t.match(await other.request('POST', `/connections/${id}/remote-candidates`, CANDIDATES), { statusCode: 200, json: { candidates: [{}] } })
  t.match(await other.setRemoteDescription(id, answer), { statusCode: 200, json: { type: 'answer' } })
  t.match(await other.setRemoteDescription(id, answer), { statusCode: 409, json: { code: 'FST_WEBRTC_INVALID_STATE' } })
  farEnd.addCandidates(localDescription!.sdp)
  await Promise.all([owner.state(id, 'connected'), farEnd.connected()])
  t.match((await other.request('GET', `/connections/${id}/stats`)).json, { handshake: {} })
  t.match((await other.request('GET', `/connections/${id}/local-candidates?after=0&wait=1`)).json, { candidates: [] })
  const { body } = await other.request('GET', `/connections/${id}/events?lastEventId=0&timeout=0`)
  t.equal(readEventStream(body)[0]!.id, '1')
  t.match(await other.request('GET', `/connections/${id}/events?lastEventId=1000`), { statusCode: 410, json: { code: 'FST_WEBRTC_EVENTS_GONE' } })

  const again = await reconnect(other, id, reconnectToken)
  t.equal(again.statusCode, 200)
  await connectAgain(t, other, id, again)
  t.match(await other.request('DELETE', `/connections/${id}`), { statusCode: 200, json: { id, state: 'closed' } })
  t.equal(owner.connections.size, 0)
  t.match(await other.request('GET', `/connections/${id}`), { statusCode: 404, json: { code: 'FST_WEBRTC_CONNECTION_NOT_FOUND' } })
})

t.test('a content-type without a body, asked for at another process -> the answer that the owner gives', async t => {
  const { owner, other } = await twoServers(t)
  const { id } = await owner.createConnection()
  const init = { headers: { 'content-type': 'application/json' } }
  t.equal((await other.request('POST', `/connections/${id}/reconnect`, undefined, init)).statusCode, (await owner.request('POST', `/connections/${id}/reconnect`, undefined, init)).statusCode)
  t.match(await other.request('GET', `/connections/${id}`, undefined, init), { statusCode: 200, json: { id } })
  t.match(await other.request('DELETE', `/connections/${id}`, undefined, init), { statusCode: 200, json: { id, state: 'closed' } })
})

t.test('a prefix with a parameter -> the owner finds it by its value; one that is part of a segment, with a cluster -> refused', async t => {
  const { owner, other } = await twoServers(t, { prefix: '/rooms/:room' })
  const { json: { id } } = await owner.request<WebRtcConnection>('POST', '/connections', undefined, { url: '/rooms/a%20b/connections' })
  t.match(await other.request('GET', `/connections/${id}`, undefined, { url: `/rooms/a%20b/connections/${id}` }), { statusCode: 200, json: { id } })
  for (const prefix of ['/rooms/:room(^\\d+)', '/rooms/:from-:to', '/rooms/a:room', '/rooms/::room']) {
    const cluster = new Cluster(new MemoryBroker().createEngine())
    await t.rejects(createServer(t, { prefix, cluster }), { code: 'FST_WEBRTC_INVALID_OPTION', message: /whole segments/ }, prefix)
  }
})

t.test('an owner whose router does not find the operation -> 503, and not that the connection is gone', async t => {
  const { owner, other } = await twoServers(t, { fastify: { rewriteUrl: ({ url = '' }) => url.startsWith('/api/') ? url.slice('/api'.length) : '/nowhere' } })
  const { id } = (await owner.app.inject({ method: 'POST', url: '/api/connections' })).json<WebRtcConnection>()
  const answer = await other.app.inject({ url: `/api/connections/${id}` })
  t.match([answer.statusCode, answer.json()], [503, { code: 'FST_WEBRTC_CLUSTER_UNAVAILABLE' }])
})

t.test('a client that offers to one process and goes on at another -> connects, and is closed', async t => {
  const { owner, other } = await twoServers(t)
  const farEnd = createFarEnd(t)
  const { id, localDescription } = await owner.createConnection({ type: 'offer', sdp: withoutCandidates(farEnd.offer()) })
  farEnd.applyAnswer(localDescription!.sdp)
  await Promise.all([owner.state(id, 'connected'), farEnd.connected()])
  t.match((await other.request('GET', `/connections/${id}`)).json, { connectionState: 'connected' })
  t.equal((await other.request('DELETE', `/connections/${id}`)).statusCode, 200)
  await farEnd.closed()
})

async function twoServers (t: Test, options: TestServerOptions = {}) {
  const { servers } = await createCluster(t, 2, options)
  const [owner, other] = servers.map(({ server }) => server)
  return { owner: owner!, other: other! }
}

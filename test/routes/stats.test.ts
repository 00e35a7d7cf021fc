import t from 'tap'
import type { WebRtcStats } from '../../plugin/index.js'
import { connect, connectByOffer } from '../helpers/handshake.js'
import { createServer } from '../helpers/server.js'

t.test('GET /connections/:id/stats of a pending connection -> 200, without a pair', async t => {
  const server = await createServer(t)
  const { id } = await server.createConnection()
  const { statusCode, json } = await server.request<WebRtcStats>('GET', `/connections/${id}/stats`)
  t.equal(statusCode, 200)
  t.strictSame(Object.keys(json.handshake), ['created', 'localDescription'])
  t.notOk('selectedCandidatePair' in json)
})

for (const [name, connectBy] of [['the server offers', connect], ['the client offers', connectByOffer]] as const) {
  t.test(`GET /connections/:id/stats, ${name} -> what the peer itself says`, async t => {
    const server = await createServer(t, { beforeOffer (peerConnection) { peerConnection.createDataChannel('ours', { negotiated: true, id: 0 }) } })
    const { connection: { id } } = await connectBy(t, server)
    const { json: { timestamp, ...rest } } = await server.request<WebRtcStats>('GET', `/connections/${id}/stats`)
    const { timestamp: later, ...expected } = server.connections.getConnection(id)!.peerConnection.getStats()
    t.strictSame(rest, expected)
    t.ok(timestamp < later)
    t.match(rest.selectedCandidatePair?.localCandidate, { address: '127.0.0.1', candidateType: 'host' })
  })
}

for (const [advertise, port] of [[{ address: '127.0.0.2' }, undefined], [{ address: '127.0.0.2', port: 5000 }, 5000]] as const) {
  t.test(`GET /connections/:id/stats with advertise ${JSON.stringify(advertise)} -> never the local address`, async t => {
    const server = await createServer(t, { advertise })
    const { connection: { id } } = await connect(t, server)
    const { selectedCandidatePair } = server.connections.getConnection(id)!.peerConnection.getStats()
    const { json } = await server.request<WebRtcStats>('GET', `/connections/${id}/stats`)
    t.strictSame(json.selectedCandidatePair, { ...selectedCandidatePair, localCandidate: { ...selectedCandidatePair!.localCandidate, address: '127.0.0.2', ...port && { port } } })
    const pending = await server.createConnection()
    t.notOk('selectedCandidatePair' in (await server.request<WebRtcStats>('GET', `/connections/${pending.id}/stats`)).json)
  })
}

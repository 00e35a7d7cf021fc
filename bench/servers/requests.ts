/**
 * The plugin's operations, and under /bare routes with the same schemas and payloads that do nothing else than must be done: to get one
 * from a map, and to create one makes a peer of node-datachannel. A process of its own; writes its URL, and ends with its input.
 */
import { once } from 'node:events'
import Fastify from 'fastify'
import native, { type PeerConnection } from 'node-datachannel'
import { signaling } from './compiled.js'
import { WebRtcConnectionSchema, type WebRtcConnection } from '../../schemas/connection.js'
import { WebRtcIceServerSchema } from '../../schemas/ice-server.js'
import { WebRtcSessionDescriptionSchema } from '../../schemas/session-description.js'

const HOST = '127.0.0.1'

/** How long a connection lasts that was made to measure how many can be, in milliseconds. */
const LIFE = 500

const connections = new Map<string, WebRtcConnection>()
let count = 0
const app = Fastify()
app.register(signaling, {
  prefix: '/plugin',
  bindAddress: HOST,
  timeToConnected: LIFE,
  maxPendingConnections: Infinity,
  maxPendingConnectionsPerAddress: Infinity,
  maxConnectionsPerAddress: Infinity,
  maxEventLoopDelay: Infinity,
  beforeOffer (peerConnection) { peerConnection.createDataChannel('bench', { negotiated: true, id: 0 }) }
})
// One that lasts, to be asked for.
app.register(signaling, {
  prefix: '/lasting',
  bindAddress: HOST,
  timeToConnected: 600_000,
  beforeOffer (peerConnection) { peerConnection.createDataChannel('bench', { negotiated: true, id: 0 }) }
})
app.register(async bare => {
  for (const schema of [WebRtcConnectionSchema, WebRtcIceServerSchema, WebRtcSessionDescriptionSchema]) bare.addSchema(schema)
  const params = { type: 'object', properties: { id: { type: 'string', minLength: 1 } } }
  bare.get<{ Params: { id: string } }>('/connections/:id', { schema: { params, response: { 200: { $ref: 'WebRtcConnection#' } } } }, async ({ params }) => connections.get(params.id))
  bare.put<{ Body: WebRtcConnection }>('/connections', async ({ body }) => {
    connections.set(body.id, body)
    return { id: body.id }
  })
  bare.post('/connections', { schema: { response: { 201: { $ref: 'WebRtcConnection#' } } } }, async (_request, reply) => {
    reply.code(201)
    return create()
  })
}, { prefix: '/bare' })
console.log(await app.listen({ host: HOST, port: 0 }))

await once(process.stdin.resume(), 'end')
process.exit()

function create (): WebRtcConnection {
  const id = String(count++)
  const peer: PeerConnection = new native.PeerConnection(id, { iceServers: [], bindAddress: HOST })
  peer.onStateChange(() => {})
  const channel = peer.createDataChannel('bench', { negotiated: true, id: 0 })
  channel.onMessage(() => {})
  channel.onClosed(() => {})
  setTimeout(() => {
    channel.close()
    peer.close()
  }, LIFE)
  return {
    id,
    state: 'open',
    connectionState: 'new',
    iceConnectionState: 'new',
    iceGatheringState: 'complete',
    signalingState: 'have-local-offer',
    lastEventId: 3,
    localDescription: { type: 'offer', sdp: peer.localDescription()!.sdp }
  }
}

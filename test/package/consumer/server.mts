import Fastify from 'fastify'
import signaling, { ConnectionManager, WebRtcConnectionSchema, type CloseReason, type Cluster, type Connection, type DataChannel, type PeerConnection, type WebRtcConnection } from 'fastify-webrtc'
import { natsCluster } from 'fastify-webrtc/cluster-nats'

const reasons = new Map<Connection, CloseReason>()
const connections = new ConnectionManager({
  maxConnections: 10,
  iceServers: [{ urls: ['stun:stun.example.org:3478'] }],
  remoteCandidates: ['192.0.2.0/24'],
  onClosed: (connection, reason) => { reasons.set(connection, reason) }
})

function prepare (peerConnection: PeerConnection): DataChannel {
  const channel = peerConnection.createDataChannel('ping-pong', { ordered: false, maxRetransmits: 0 })
  channel.addEventListener('message', ({ data }) => {
    if (data === 'ping') channel.send('pong')
  })
  peerConnection.addEventListener('connectionstatechange', () => console.log(peerConnection.connectionState === 'connected'))
  return channel
}

const cluster: Cluster = natsCluster({ servers: 'nats://127.0.0.1:4222', subject: 'ours', timeout: 2000 })

const app = Fastify()
await app.register(signaling, {
  prefix: '/ping-pong',
  connections,
  cluster,
  async beforeOffer (peerConnection, { connection, request }) {
    request.log.info(connection.id)
    prepare(peerConnection)
  }
})

const connection = await connections.createConnection({ hook: prepare })
const summary: WebRtcConnection = connection.toSummary()
const reason: CloseReason = await connection.closed
export const schema: 'object' = WebRtcConnectionSchema.type
export { reason, summary }

// @ts-expect-error what negotiates is the plugin's own
connection.negotiate()

/** What must compile and what must not, with the plugin. Never run: the type check is the test. */
import Fastify from 'fastify'
import signaling, { ConnectionManager, type CloseReason, type DataChannel, type PeerConnection, type WebRtcSessionDescription } from '../../plugin/index.js'

const fastify = Fastify()

export async function whatCompiles (): Promise<void> {
  await fastify.register(signaling)
  await fastify.register(signaling, { prefix: '/ping-pong', logLevel: 'warn' })
  await fastify.register(signaling, {
    timeToConnected: 10_000,
    generateId: () => crypto.randomUUID(),
    remoteCandidates: ['192.0.2.0/24'],
    iceServers: [{ urls: 'stun:stun.example.org' }] satisfies RTCIceServer[],
    advertise: { address: '192.0.2.1', port: 40000 },
    listConnections: true,
    beforeOffer (peerConnection, { connection, request }) {
      peerConnection.createDataChannel(connection.id, { negotiated: true, id: 0 }).send(request.url)
    },
    async beforeAnswer (peerConnection) {
      peerConnection.addEventListener('datachannel', ({ channel }) => channel.addEventListener('message', ({ data }) => channel.send(data)))
    },
    onClosed (connection, reason) { console.log(connection.state === 'closed', reason === 'timeout') }
  })
  const connections = new ConnectionManager({ maxConnections: 1 })
  await fastify.register(signaling, { connections })
  const connection = await connections.createConnection()
  const description: WebRtcSessionDescription | undefined = connection.localDescription
  const reason: CloseReason = await connection.closed
  console.log(description?.sdp, reason)
}

export async function wrongOptions (): Promise<void> {
  // @ts-expect-error there is no such option
  await fastify.register(signaling, { timeToConnect: 1 })
  // @ts-expect-error milliseconds are a number
  await fastify.register(signaling, { timeToConnected: '10s' })
  // @ts-expect-error no policy has this name
  await fastify.register(signaling, { remoteCandidates: 'private' })
  // @ts-expect-error an ICE server has urls
  await fastify.register(signaling, { iceServers: ['stun:stun.example.org'] })
  // @ts-expect-error the end of the range is missing
  await fastify.register(signaling, { portRange: { begin: 1 } })
  // @ts-expect-error a hook gets our peer, not the browser's
  await fastify.register(signaling, { beforeOffer (peerConnection: RTCPeerConnection) { peerConnection.addTransceiver('audio') } })
  // @ts-expect-error hooks belong to a registration, not to the manager
  console.log(new ConnectionManager({ beforeOffer () {} }))
}

export function wrongUseOfPeers (peerConnection: PeerConnection, channel: DataChannel): void {
  // @ts-expect-error a channel has a label
  peerConnection.createDataChannel()
  // @ts-expect-error no peer has such an event
  peerConnection.addEventListener('connected', () => {})
  // @ts-expect-error libdatachannel's word, not the W3C's
  console.log(peerConnection.iceGatheringState === 'in-progress')
  // @ts-expect-error what is sent is text or bytes
  channel.send({ message: 'ping' })
  // @ts-expect-error the state is the channel's own
  channel.readyState = 'open'
}

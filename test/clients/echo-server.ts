import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import signaling, { ConnectionManager, type ConnectionManagerOptions, type DataChannel, type PeerConnection } from '../../plugin/index.js'

/** What every peer is to send: each of these sizes in bytes, of which there are 17, as text and as binary data. */
export const MESSAGES = 100
const SIZES = Array.from({ length: 17 }, (_, exponent) => 2 ** exponent)

/** A peer that the server has made, and what came over its channel. */
export interface SeenPeer {
  prefix: string
  offers: 'client' | 'server'
  isTrickle: boolean
  isReconnect: boolean
  messages: number
  /** Those that came, such as `text 65536`. */
  kinds: Set<string>
  /** How many came after each end had added audio. */
  messagesAfterRenegotiation: number
}

/** Sends back what it gets under /echo and /media, which has audio too, has no room under /full, and knows nobody under /guarded. */
export interface EchoServer {
  app: FastifyInstance
  url: string
  /** How many connections there are under /echo and /media. */
  countConnections: () => number
  /** The peers under /echo and /media, in the order in which they were made. */
  peers: SeenPeer[]
}

export async function startEchoServer (): Promise<EchoServer> {
  const peers: SeenPeer[] = []
  const managers = { '/echo': createManager(), '/media': createManager({ media: true }) }
  const full = createManager({ maxConnections: 1, timeToConnected: 3_600_000 })
  const app = Fastify()
  for (const [prefix, connections] of Object.entries(managers)) {
    await app.register(signaling, {
      prefix,
      connections,
      beforeOffer (peerConnection, context) {
        echo(peerConnection, peerConnection.createDataChannel('echo', { negotiated: true, id: 0 }), see(prefix, 'server', context))
      },
      beforeAnswer (peerConnection, context) {
        const peer = see(prefix, 'client', context)
        peerConnection.ondatachannel = ({ channel }) => echo(peerConnection, channel, peer)
      }
    })
  }
  await app.register(signaling, { prefix: '/full', connections: full })
  await app.register(async scope => {
    scope.addHook('onRequest', async () => { throw Object.assign(new Error('Who are you?'), { statusCode: 401, code: 'UNAUTHORIZED' }) })
    await scope.register(signaling, { prefix: '/guarded' })
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  await full.createConnection({ hook: (peerConnection: PeerConnection) => { peerConnection.createDataChannel('only') } })
  return { app, url, countConnections: () => managers['/echo'].size + managers['/media'].size, peers }

  function see (prefix: string, offers: SeenPeer['offers'], { request, isReconnect }: { request: FastifyRequest, isReconnect: boolean }): SeenPeer {
    const { trickle: isTrickle = false } = request.body as { trickle?: boolean }
    const peer = { prefix, offers, isTrickle, isReconnect, messages: 0, kinds: new Set<string>(), messagesAfterRenegotiation: 0 }
    peers.push(peer)
    return peer
  }
}

/** Whether all came that was to come. */
export function isComplete ({ messages, kinds }: SeenPeer): boolean {
  return messages === MESSAGES && kinds.size === 2 * SIZES.length && SIZES.every(size => kinds.has(`text ${size}`) && kinds.has(`binary ${size}`))
}

function createManager (options?: ConnectionManagerOptions): ConnectionManager {
  // A busy machine is not what is tested. Some stacks reach a loopback address from no other, so none is bound to.
  return new ConnectionManager({ maxEventLoopDelay: Infinity, ...options })
}

function echo (peerConnection: PeerConnection, channel: DataChannel, peer: SeenPeer): void {
  // Whoever listens takes the audio that the client offers.
  peerConnection.ontrack = () => {}
  channel.onmessage = ({ data }) => {
    if (data === 'renegotiate') {
      peerConnection.addTransceiver('audio')
      return
    }
    const sections = peerConnection.getTransceivers().filter(({ currentDirection }) => currentDirection)
    if (sections.length === 2) peer.messagesAfterRenegotiation++
    else peer.messages++
    peer.kinds.add(typeof data === 'string' ? `text ${Buffer.byteLength(data)}` : `binary ${data.byteLength}`)
    channel.send(data)
  }
}

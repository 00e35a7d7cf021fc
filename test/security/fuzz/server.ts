/**
 * The server of the fuzz, in a process of its own. Writes its port; then, for each line that it reads, what it holds; with the end of
 * its input it closes and has to end by itself. Each answer says in Server-Timing how long the event loop was busy with it.
 * With an argument it has a defect, which the fuzz must find.
 */
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { performance } from 'node:perf_hooks'
import { createInterface } from 'node:readline'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import Fastify from 'fastify'
import signaling, { ConnectionManager, turnCredentials, type ConnectionManagerOptions, type PeerConnectionHook } from '../../../plugin/index.js'
import { MAX_REMOTE_CANDIDATES } from '../../../plugin/connections/remote-candidates.js'
import { livePeerConnections } from '../../../plugin/peer/native-connection.js'
import { block } from '../../helpers/peers.js'
import { countFiles, countThreads } from '../processes.js'

/** What the server tells of itself. */
export interface Sample {
  connections: number
  nativePeers: number
  /** Peers that were connected, so far. */
  connected: number
  /** Descriptions that the native side was given, so far. */
  descriptions: number
  /** What reached the native side and should not have. */
  violations: string[]
  /** What the prototypes of the language have got since the start. */
  pollution: string[]
  rss: number
  heap: number
  threads: number
  files: number
}

const DEFECTS: Record<string, () => void> = {
  abort: () => process.abort(),
  hang: () => block(60_000),
  pollution: () => { Object.defineProperty(PROTOTYPES[0], 'polluted', { value: true }) }
}
/** The connection whose hook has the defect. */
const DEFECTIVE = 10
const [, , defect = ''] = process.argv

const PROTOTYPES = [Object, Array, String, Number, Function, Map, Promise, Error, Buffer].map(({ prototype }) => prototype as object)
const properties = () => PROTOTYPES.flatMap((prototype, index) => Reflect.ownKeys(prototype).map(key => `${index} ${String(key)}`))
const original = new Set(properties())

let connected = 0
let descriptions = 0
const violations = new Set<string>()
const added = new WeakMap<object, number>()
/** In the one form that there is natively. */
const CANDIDATE = 'candidate:\\S+ 1 UDP \\d+ 127\\.\\d+\\.\\d+\\.\\d+ \\d+ typ [a-z]+( raddr 0\\.0\\.0\\.0 rport 0)?'
const library: typeof import('node-datachannel') = createRequire(import.meta.url)('node-datachannel')
const { PeerConnection } = library
Object.assign(library, {
  PeerConnection: class extends PeerConnection {
    override setRemoteDescription (sdp: string, type: 'offer' | 'answer') {
      descriptions++
      const candidates = sdp.match(/^a=candidate:.*$/gm) ?? []
      if (candidates.length > MAX_REMOTE_CANDIDATES) violations.add(`${candidates.length} candidates`)
      for (const candidate of candidates) if (!new RegExp(`^a=${CANDIDATE}\\r?$`).test(candidate)) violations.add(candidate)
      if (Buffer.byteLength(sdp) > 32768 || !/^[\n\r\x20-\uffff]*$/.test(sdp)) violations.add(sdp.slice(0, 1000))
      if (type !== 'offer' && type !== 'answer') violations.add(`type ${type}`)
      super.setRemoteDescription(sdp, type)
    }

    override addRemoteCandidate (candidate: string, mid: string) {
      added.set(this, (added.get(this) ?? 0) + 1)
      if (added.get(this)! > MAX_REMOTE_CANDIDATES) violations.add('more candidates than there may be')
      if (!new RegExp(`^${CANDIDATE}$`).test(candidate)) violations.add(candidate)
      super.addRemoteCandidate(candidate, mid)
    }
  }
})

const options: ConnectionManagerOptions = {
  bindAddress: '127.0.0.1',
  // No packet leaves this host, whatever becomes of the addresses.
  remoteCandidates: ['127.0.0.0/8'],
  // Limits would hide what is looked for.
  maxConnections: 5000,
  maxPendingConnections: 5000,
  maxConnectionsPerPrincipal: Infinity,
  maxPendingConnectionsPerPrincipal: Infinity,
  maxConnectionsPerAddress: Infinity,
  maxPendingConnectionsPerAddress: Infinity,
  maxEventLoopDelay: Infinity,
  maxReconnectsPerMinute: Infinity,
  onConnected: () => { connected++ }
}
const connections = new ConnectionManager(options)
const mediaConnections = new ConnectionManager({ ...options, media: true })
const app = Fastify({ logger: { level: 'info', stream: { write () {} } } })
const started = new WeakMap<object, number>()
app.addHook('onRequest', async request => {
  started.set(request, performance.eventLoopUtilization().active)
  if (defect === 'slow' && request.url.startsWith('/connections/')) block(8)
})
app.addHook('onSend', async (request, reply) => {
  reply.header('server-timing', `loop;dur=${(performance.eventLoopUtilization().active - started.get(request)!).toFixed(3)}`)
})
let created = 0
const prepare: PeerConnectionHook = peerConnection => {
  peerConnection.createDataChannel('fuzz', { negotiated: true, id: 0 })
  if (++created === DEFECTIVE) DEFECTS[defect]?.()
}
const hooks = { beforeOffer: prepare, beforeAnswer: prepare }
app.register(signaling, { connections, ...hooks })
app.register(signaling, { connections, ...hooks, prefix: '/rooms/:room', listConnections: true, clientIceServers: turnCredentials({ urls: 'turn:127.0.0.1:9', secret: 'secret' }) })
// Has a use for whatever is offered, and offers more when it is connected.
const prepareMedia: PeerConnectionHook = peerConnection => {
  prepare(peerConnection, undefined as never)
  peerConnection.ontrack = ({ transceiver, track }) => { transceiver.sender.replaceTrack(track) }
  peerConnection.onconnectionstatechange = () => { if (peerConnection.connectionState === 'connected' && ++created % 2 === 0) peerConnection.addTransceiver('video') }
}
app.register(signaling, { connections: mediaConnections, beforeOffer: prepareMedia, beforeAnswer: prepareMedia, prefix: '/media' })
await app.listen({ host: '127.0.0.1', port: 0 })
console.log((app.server.address() as AddressInfo).port)

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void
createInterface({ input: process.stdin })
  .on('line', () => console.log(JSON.stringify(sample())))
  .on('close', () => app.close())

function sample (): Sample {
  collectGarbage()
  const { rss, heapUsed } = process.memoryUsage()
  return {
    connections: connections.size + mediaConnections.size,
    nativePeers: livePeerConnections(),
    connected,
    descriptions,
    violations: [...violations].slice(0, 10),
    pollution: properties().filter(property => !original.has(property)),
    rss,
    heap: heapUsed,
    threads: countThreads(),
    files: countFiles()
  }
}

/** What the files here run, one process of a cluster: to copy with ../readiness.ts, and with `fastify-webrtc` and `fastify-webrtc/cluster-nats` in place of the plugin's files. */
import Fastify from 'fastify'
import { natsCluster } from '../../plugin/cluster-nats.js'
import signaling, { ConnectionManager } from '../../plugin/index.js'
import { beforeOffer } from '../ping-pong/server.js'
import { drain, readiness } from '../readiness.js'

/** For those who are connected, in milliseconds. */
const TIME_TO_DRAIN = 60_000

const { HOST = '0.0.0.0', PORT = '3000', TRUST_PROXY, UDP_PORT, PUBLIC_ADDRESS, REMOTE_CANDIDATES, NATS_URL, NATS_PASSWORD } = process.env

const app = Fastify({
  logger: { level: 'warn' },
  // The proxy in front and nobody else: without it all clients count as one address.
  trustProxy: TRUST_PROXY ?? false,
  requestTimeout: 10_000,
  connectionTimeout: 60_000,
  keepAliveTimeout: 75_000,
  bodyLimit: 32_768,
  http: { headersTimeout: 10_000, connectionsCheckingInterval: 2_000 },
  forceCloseConnections: true
})
// `tls`, or a broker without it would be given the password in the clear, whatever the URL says.
const cluster = natsCluster({ servers: NATS_URL, user: 'signaling', pass: NATS_PASSWORD, tls: {}, onConnectError: error => app.log.warn(error, 'The broker cannot be reached') })
const connections = new ConnectionManager({
  udpPort: Number(UDP_PORT),
  advertise: PUBLIC_ADDRESS,
  remoteCandidates: REMOTE_CANDIDATES === 'none' ? 'none' : 'public'
})
readiness(app, [connections], cluster)
// Not every balancer asks /readyz, and of what is created before it has joined the others would say 404.
app.addHook('onRequest', async ({ method, routeOptions: { url } }) => {
  if (method === 'POST' && url?.endsWith('/connections') && !cluster.isReady) throw Object.assign(new Error('Not in the cluster yet'), { statusCode: 503 })
})
await app.register(signaling, { prefix: '/ping-pong', connections, beforeOffer, cluster })
await app.listen({ host: HOST, port: Number(PORT) })

process.once('SIGTERM', () => { drain(app, [connections], TIME_TO_DRAIN).then(() => process.exit(0)) })

/** A server of a cluster in a process of its own, with a page that connects to it. Argument: ClusterProcessInit, JSON. Writes where it is, in JSON, when it is ready; for each line that it reads, how many connections it has. Drains at SIGTERM. */
import { createInterface } from 'node:readline'
import Fastify from 'fastify'
import { drain, readiness } from '../../examples/readiness.js'
import signaling, { ConnectionManager, type ConnectionManagerOptions } from '../../plugin/index.js'
import { natsCluster, type NatsClusterOptions } from '../../plugin/cluster-nats.js'
import { until } from '../helpers/cluster.js'
import { echoHooks } from '../helpers/echo-hooks.js'
import { addPage } from '../helpers/page.js'

export interface ClusterProcessInit {
  /** Default no cluster. */
  nats?: NatsClusterOptions
  connections?: ConnectionManagerOptions
  drainTime?: number
}

export interface ClusterProcessStart {
  origin: string
  node: string
}

const { nats, connections: options, drainTime = 10_000 } = JSON.parse(process.argv[2]!) as ClusterProcessInit
const cluster = nats && natsCluster(nats)
const connections = new ConnectionManager({ bindAddress: '127.0.0.1', maxEventLoopDelay: Infinity, ...options })
const app = Fastify({ trustProxy: '127.0.0.1' })
readiness(app, [connections], cluster)
await addPage(app, 'test/browser/handshakes-page.ts')
app.register(signaling, { prefix: '/echo', connections, cluster, ...echoHooks })
const origin = await app.listen({ host: '127.0.0.1', port: 0 })
if (cluster) await until(() => cluster.isReady && cluster.hasLearnt, 'the broker')
console.log(JSON.stringify({ origin, node: cluster?.node ?? '' } satisfies ClusterProcessStart))

createInterface({ input: process.stdin }).on('line', () => console.log(JSON.stringify(connections.size))).on('close', () => process.exit())
process.on('SIGTERM', () => { drain(app, [connections], drainTime).then(() => process.exit(0)) })

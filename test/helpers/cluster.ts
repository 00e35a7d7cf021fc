import type { Test } from 'tap'
import { Cluster, type ClusterOptions } from '../../plugin/index.js'
import { MemoryBroker, type MemoryEngine } from './memory-broker.js'
import { createServer, type TestServer, type TestServerOptions } from './server.js'

/** One of several processes, as far as a test in one process can have them. */
export interface ClusterServer {
  server: TestServer
  cluster: Cluster
  engine: MemoryEngine
}

export interface MemoryCluster {
  broker: MemoryBroker
  servers: ClusterServer[]
  /** One more, which the others know, and which knows them, when this settles. */
  add (options?: TestServerOptions & ClusterOptions): Promise<ClusterServer>
}

/** So many servers that know each other, on a broker in memory. */
export async function createCluster (t: Test, count: number, options: TestServerOptions & ClusterOptions = {}): Promise<MemoryCluster> {
  const broker = new MemoryBroker()
  const servers: ClusterServer[] = []
  const add = async (more: TestServerOptions & ClusterOptions = {}) => {
    const { timeout, maxInFlight, timeToGone, onForwarded, ...serverOptions } = { ...options, ...more }
    const engine = broker.createEngine()
    const cluster = new Cluster(engine, { timeout, maxInFlight, timeToGone, onForwarded })
    const server = await createServer(t, { ...serverOptions, cluster })
    const added = { server, cluster, engine }
    servers.push(added)
    const reachable = servers.filter(({ engine }) => engine.fault === 'none')
    await Promise.all(reachable.map(({ cluster }) => untilKnown(cluster, servers.length - 1)))
    return added
  }
  for (let number = 0; number < count; number++) await add()
  return { broker, servers, add }
}

/** Settles when the process knows so many others, and would know of more. */
export async function untilKnown (cluster: Cluster, count: number): Promise<void> {
  await until(() => cluster.hasLearnt && cluster.size === count, `${count} other processes to be known`)
}

/** Settles when it is so, which is looked at in every turn of the event loop. */
export async function until (isSo: () => boolean | Promise<boolean>, what: string, milliseconds = 10_000): Promise<void> {
  const end = performance.now() + milliseconds
  while (!await isSo()) {
    if (performance.now() > end) throw new Error(`expected ${what} within ${milliseconds} ms`)
    await new Promise(setImmediate)
  }
}

import type { FastifyInstance } from 'fastify'
import { ConnectionManager } from '../connections/connection-manager.js'
import { resolveOptions, type SignalingOptions } from '../options.js'
import { candidateRoutes } from './candidates.js'
import { connectionRoutes } from './connections.js'
import { descriptionRoutes } from './descriptions.js'
import { documentRoutes } from './document.js'
import { eventRoutes } from './events.js'
import { createIceServersFor, iceServerRoutes } from './ice-servers.js'
import { createOwnConnections } from './own-connections.js'
import { reconnectRoute } from './reconnect.js'
import { warnWithoutRequestTimeout } from './request-timeout.js'
import { createScope } from './scope.js'
import { statsRoutes } from './stats.js'

/** One registration: its manager, its operations, its document. */
export async function signaling (fastify: FastifyInstance, options: SignalingOptions): Promise<void> {
  const { hooks, managerOptions, cluster, connections = new ConnectionManager(managerOptions) } = resolveOptions(options)
  await connections.checkAddresses()
  const scope = createScope(fastify, cluster)
  if (cluster) {
    const name = (key: string) => `${fastify.prefix} ${key}`
    connections.share({ node: cluster.node, count: key => cluster.countElsewhere(name(key)), changed: (key, count) => cluster.setCount(name(key), count) })
  }
  await documentRoutes(scope)
  const own = createOwnConnections(connections, hooks.identify)
  const iceServersFor = createIceServersFor(connections, hooks.clientIceServers)
  connectionRoutes(scope, connections, own, iceServersFor, hooks)
  descriptionRoutes(scope, own)
  iceServerRoutes(scope, own, iceServersFor)
  statsRoutes(scope, own)
  candidateRoutes(scope, own)
  eventRoutes(scope, own)
  reconnectRoute(scope, own, iceServersFor, hooks)
  fastify.addHook('onReady', async () => {
    // Not before: the host may set it when it has made the server.
    warnWithoutRequestTimeout(fastify)
    // Not before: a request of another process would start the server while the host still registers what it has.
    scope.forwarding?.join()
  })
  fastify.addHook('preClose', async () => {
    await connections.close()
    await scope.forwarding?.leave()
  })
}

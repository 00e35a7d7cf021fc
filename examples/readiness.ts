import type { FastifyInstance } from 'fastify'
import type { Cluster, ConnectionManager } from '../plugin/index.js'

/** Not in the document that @fastify/swagger makes, where there is one. */
const HIDDEN: object = { hide: true }

/** GET /healthz answers 200 while the process does, GET /readyz while the server takes new connections, and then 503; in a cluster not before the other processes know of this one. */
export function readiness (app: FastifyInstance, connections: readonly ConnectionManager[], cluster?: Cluster): void {
  app.get('/healthz', { schema: HIDDEN }, async () => ({ status: 'alive' }))
  app.get('/readyz', { schema: HIDDEN }, async (_request, reply) => {
    if (!connections.every(({ isAccepting }) => isAccepting)) return reply.status(503).send({ status: 'draining' })
    if (cluster && !cluster.isReady) return reply.status(503).send({ status: 'joining' })
    return { status: 'ready' }
  })
}

/** Refuses new connections, serves those there are until they end or so many milliseconds have passed, then closes the server. */
export async function drain (app: FastifyInstance, connections: readonly ConnectionManager[], milliseconds: number): Promise<void> {
  await Promise.all(connections.map(manager => manager.drain(milliseconds)))
  await app.close()
}

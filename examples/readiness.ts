import type { FastifyInstance } from 'fastify'
import type { ConnectionManager } from '../plugin/index.js'

/** Not in the document that @fastify/swagger makes, where there is one. */
const HIDDEN: object = { hide: true }

/** GET /healthz answers 200 while the process does, GET /readyz while the server takes new connections, and then 503. */
export function readiness (app: FastifyInstance, connections: readonly ConnectionManager[]): void {
  app.get('/healthz', { schema: HIDDEN }, async () => ({ status: 'alive' }))
  app.get('/readyz', { schema: HIDDEN }, async (_request, reply) => {
    if (connections.every(({ isAccepting }) => isAccepting)) return { status: 'ready' }
    return reply.status(503).send({ status: 'draining' })
  })
}

/** Refuses new connections, serves those there are until they end or so many milliseconds have passed, then closes the server. */
export async function drain (app: FastifyInstance, connections: readonly ConnectionManager[], milliseconds: number): Promise<void> {
  await Promise.all(connections.map(manager => manager.drain(milliseconds)))
  await app.close()
}

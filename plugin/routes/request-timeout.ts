import type { FastifyInstance } from 'fastify'

const warned = new WeakSet<object>()

/** Warns, once for each server, when a request may take for ever to arrive. A plugin can't set it, and HTTP/2 has no such time. */
export function warnWithoutRequestTimeout ({ server, log }: FastifyInstance): void {
  if (server.requestTimeout !== 0 || warned.has(server)) return
  warned.add(server)
  log.warn('Slow requests stay open for ever: set requestTimeout when you create the Fastify server, for instance to 10000 ms')
}

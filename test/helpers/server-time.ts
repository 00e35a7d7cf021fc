import type { FastifyInstance } from 'fastify'

/** How long a server takes for each request, in milliseconds: `host` is an option of createServer. */
export function measureServerTime (): { times: number[], host: (app: FastifyInstance) => void } {
  const times: number[] = []
  const started = new WeakMap<object, number>()
  return {
    times,
    host (app) {
      app.addHook('onRequest', async request => { started.set(request, performance.now()) })
      app.addHook('onResponse', async request => { times.push(performance.now() - started.get(request)!) })
    }
  }
}

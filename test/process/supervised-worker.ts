/** A worker of `supervised.ts`: an echo server on any port, in which POST /faults/{name} does the worst. Writes where it is, and why connections closed. */
import Fastify from 'fastify'
import { drain, readiness } from '../../examples/readiness.js'
import { work } from '../../examples/worker.js'
import signaling, { ConnectionManager } from '../../plugin/index.js'
import { echoHooks } from '../helpers/echo-hooks.js'
import { FAULTS } from './faults.js'

await work(async number => {
  const connections = [new ConnectionManager({
    bindAddress: '127.0.0.1',
    timeToReconnected: 1,
    // Those that stand still make this process wait for its turn.
    maxEventLoopDelay: Infinity,
    onClosed: (_connection, closed) => console.log(JSON.stringify({ closed }))
  })]
  const app = Fastify()
  readiness(app, connections)
  app.register(signaling, { connections: connections[0]!, ...echoHooks })
  app.post<{ Params: { name: keyof typeof FAULTS } }>('/faults/:name', async ({ params }) => { await FAULTS[params.name]() })
  const origin = await app.listen({ host: '127.0.0.1', port: 0, exclusive: true })
  // Not before the supervisor knows.
  setImmediate(() => console.log(JSON.stringify({ number, pid: process.pid, origin })))
  return () => drain(app, connections, Number(process.env.DRAIN_TIME))
})

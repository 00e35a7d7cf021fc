/** One of the processes of `npm start`. A connection lives in one process: each listens on a port of its own, unless they are a cluster, of which each answers for all. */
import { natsCluster } from '../plugin/cluster-nats.js'
import { createDemo } from './demo.js'
import { Metrics } from './metrics.js'
import { drain } from './readiness.js'
import { readSettings } from './settings.js'
import { work } from './worker.js'

await work(async number => {
  const settings = readSettings(process.env)
  const { host, drainTime, natsUrl, udpPort } = settings
  const metrics = new Metrics()
  const cluster = natsUrl ? natsCluster({ servers: natsUrl, onForwarded: metrics.onForwarded }) : undefined
  const port = settings.port && settings.port + (cluster ? 0 : number)
  const { app, connections } = await createDemo({
    logger: { level: 'warn', stream: process.stderr },
    metrics,
    ...cluster && { cluster },
    ...udpPort !== undefined && { connectionOptions: { udpPort: udpPort + number } }
  })
  try {
    // A port that node:cluster shares would be the same for all of them, which is what a cluster wants.
    console.log(`The examples are at ${await app.listen({ host, port, exclusive: !cluster })}/`)
  } catch (error) {
    throw new Error(explain(error as NodeJS.ErrnoException, host, port))
  }
  return () => {
    if (connections.some(({ size }) => size > 0)) console.log(`Waiting up to ${drainTime / 1000} s for those who are connected. A second signal ends at once.`)
    return drain(app, connections, drainTime)
  }
})

function explain ({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  if (code === 'EADDRINUSE') return `Port ${port} is taken on ${host}: stop what uses it, or choose another with PORT.`
  return `Cannot listen on ${host}, port ${port}: ${message}.`
}

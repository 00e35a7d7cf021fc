/** One of the processes of `npm start`. A connection lives in one process: each listens on a port of its own. */
import { createDemo } from './demo.js'
import { drain } from './readiness.js'
import { readSettings } from './settings.js'
import { work } from './worker.js'

await work(async number => {
  const settings = readSettings(process.env)
  const { host, drainTime } = settings
  const port = settings.port && settings.port + number
  const { app, connections } = await createDemo({ logger: { level: 'warn', stream: process.stderr } })
  try {
    // A port that the cluster shares would be the same for all of them.
    console.log(`The examples are at ${await app.listen({ host, port, exclusive: true })}/`)
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

/**
 * A server in a process of its own, on loopback. Argument: the options of Fastify and of the plugin as JSON. Writes its port, and answers each
 * line that it reads: `held` with what the process holds, `close` with the milliseconds that app.close() has taken. Ends with its input.
 */
import { createInterface } from 'node:readline'
import type { AddressInfo } from 'node:net'
import Fastify, { type FastifyHttpOptions, type RawServerDefault } from 'fastify'
import signaling, { ConnectionManager, type ConnectionManagerOptions } from '../../plugin/index.js'
import { countFiles, countThreads } from './processes.js'

export interface ChildServerOptions {
  fastify?: FastifyHttpOptions<RawServerDefault>
  connections?: ConnectionManagerOptions
}

/** What the server's process holds: bytes, and numbers. */
export interface Held {
  rss: number
  files: number
  threads: number
  connections: number
  /** Microseconds of processor time so far. */
  cpu: number
}

const options: ChildServerOptions = JSON.parse(process.argv[2] ?? '{}')
const connections = new ConnectionManager({ bindAddress: '127.0.0.1', ...options.connections })
const app = Fastify(options.fastify)
app.register(signaling, { connections })
await app.listen({ host: '127.0.0.1', port: 0, backlog: 4096 })
console.log((app.server.address() as AddressInfo).port)

createInterface({ input: process.stdin })
  .on('line', async line => { console.log(JSON.stringify(line === 'close' ? await close() : held())) })
  .on('close', () => process.exit())

function held (): Held {
  globalThis.gc?.()
  const { user, system } = process.cpuUsage()
  return { rss: process.memoryUsage.rss(), files: countFiles(), threads: countThreads(), connections: connections.size, cpu: user + system }
}

async function close (): Promise<number> {
  const started = performance.now()
  await app.close()
  return performance.now() - started
}

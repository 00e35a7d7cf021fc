/** The server of a soak, in a process of its own. Writes its URL, then every second a line of what the process holds; collects garbage for each line of its input, and ends with it. */
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createInterface } from 'node:readline'
import Fastify from 'fastify'
import signaling, { ConnectionManager } from '../plugin/index.js'
import { livePeerConnections } from '../plugin/peer/native-connection.js'
import { echoHooks } from '../test/helpers/echo-hooks.js'

/** What the process holds. */
export interface Sample {
  /** Since the server listens, in seconds. */
  time: number
  /** In bytes. */
  rss: number
  /** Of JavaScript: in use, and what V8 has taken from the system for it. */
  heap: number
  heapTotal: number
  fileDescriptors: number
  threads: number
  /** In the registry. */
  connections: number
  pending: number
  /** Native peers. */
  live: number
  /** How late the event loop was within the last second, in milliseconds. */
  delayP99: number
  delayMax: number
  /** Of this process, in seconds since its start. */
  cpu: number
}

// A soak of two minutes has to come to rest: what is lost stays as short as it takes to warm up.
const connections = new ConnectionManager({ bindAddress: '127.0.0.1', timeToReconnected: 10_000 })
const app = Fastify({ requestTimeout: 10_000 })
app.register(signaling, { connections, ...echoHooks })
console.log(await app.listen({ host: '127.0.0.1', port: 0 }))

const start = performance.now()
const resolution = 10
const delay = monitorEventLoopDelay({ resolution })
delay.enable()
const timer = setInterval(() => {
  console.log(JSON.stringify(sample()))
  delay.reset()
}, 1000)

await once(createInterface({ input: process.stdin }).on('line', () => globalThis.gc!()), 'close')
clearInterval(timer)
await app.close()

function sample (): Sample {
  const { rss, heapUsed, heapTotal } = process.memoryUsage()
  const { user, system } = process.cpuUsage()
  return {
    time: Number(((performance.now() - start) / 1000).toFixed(1)),
    rss,
    heap: heapUsed,
    heapTotal,
    fileDescriptors: readdirSync('/proc/self/fd').length,
    threads: readdirSync('/proc/self/task').length,
    connections: connections.size,
    pending: connections.pendingSize,
    live: livePeerConnections(),
    delayP99: toLateness(delay.percentile(99)),
    delayMax: toLateness(delay.max),
    cpu: Number(((user + system) / 1e6).toFixed(2))
  }
}

/** The monitor measures from one of its timers to the next. */
function toLateness (nanoseconds: number): number {
  return Number(Math.max(0, nanoseconds / 1e6 - resolution).toFixed(1))
}

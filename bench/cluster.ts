/**
 * What several processes cost, on loopback, with nats-server: GET /connections/{id} that another process answers beside one that
 * the owner answers; POST /connections with a cluster and without; handshakes a second of 1, 2 and 3 processes, each request to
 * any of them; messages on the broker for each connection.
 *
 *   npm run bench:cluster -- [--requests 3000] [--seconds 8] [--concurrency 16]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { WebRtcConnection } from '../plugin/index.js'
import { answerOffer, createConnection, type Post } from '../test/helpers/http-far-end.js'
import { NativePeer } from '../test/helpers/native-peer.js'
import { freeTcpPort, NatsServer } from '../test/helpers/nats-server.js'
import { startProcess, type ClusterProcess } from '../test/nats/processes.js'
import { ask } from './http-request.js'
import { report, type Rows } from './report.js'
import { percentile } from './statistics.js'

const { values } = parseArgs({ options: { requests: { type: 'string', default: '3000' }, seconds: { type: 'string', default: '8' }, concurrency: { type: 'string', default: '16' } } })
const LIMITS = { timeToConnected: 600_000, maxPendingConnections: 100_000, maxPendingConnectionsPerAddress: 100_000, maxConnectionsPerAddress: 100_000, maxConnections: 100_000 }
/** Before anything is counted. */
const WARM_UP = 300

const closers: (() => unknown)[] = []
const folder = mkdtempSync(join(tmpdir(), 'cluster-'))
const t = { teardown: (close: () => unknown) => { closers.unshift(close) }, testdir: () => folder }
const agent = new Agent({ keepAlive: true, maxSockets: 256 })
const monitor = await freeTcpPort()
const nats = await NatsServer.start(t, `http: "127.0.0.1:${monitor}"\n`)
const start = (isCluster: boolean) => startProcess(t, { ...isCluster && { nats: { servers: nats.url } }, connections: LIMITS }, 840_000)

try {
  const rows: Rows = {}
  const [alone, first, second, third] = [await start(false), await start(true), await start(true), await start(true)]
  const id = await create(first!)
  await requests(rows, 'GET /connections/{id}', { 'at its owner': () => get(first!, id), 'at another process': () => get(second!, id) })
  await requests(rows, 'POST /connections', { 'without a cluster': () => createAndDelete(alone!), 'with a cluster': () => createAndDelete(first!) })
  report('cluster-requests', 'Requests, one after the other', rows)

  const rates: Rows = {}
  for (const processes of [[first!], [first!, second!], [first!, second!, third!]]) {
    const before = await messages()
    const started = performance.now()
    const { count, times } = await handshakes(processes)
    const told = await messages() - before
    rates[`${processes.length} of them`] = {
      'handshakes a second': (count / Number(values.seconds)).toFixed(1),
      'p50 ms': percentile(times, 50).toFixed(1),
      'p99 ms': percentile(times, 99).toFixed(1),
      'messages each': (told / count).toFixed(1),
      seconds: ((performance.now() - started) / 1000).toFixed(1)
    }
  }
  report('cluster-handshakes', `Connect, echo and DELETE, ${values.concurrency} at a time, each request to any of the processes; the far ends are in this process`, rates)
} finally {
  agent.destroy()
  for (const close of closers) await close()
  rmSync(folder, { recursive: true })
}

/** The contestants take turns. The first is the reference. */
async function requests (rows: Rows, title: string, contestants: Record<string, () => Promise<number>>): Promise<void> {
  const times: Record<string, number[]> = {}
  for (let number = -WARM_UP; number < Number(values.requests); number++) {
    for (const [name, run] of Object.entries(contestants)) {
      const time = await run()
      if (number >= 0) (times[name] ??= []).push(time)
    }
  }
  const [reference] = Object.values(times)
  for (const [name, of] of Object.entries(times)) {
    const [p50, p99] = [percentile(of, 50), percentile(of, 99)]
    rows[`${title} ${name}`] = { 'p50 ms': p50.toFixed(3), 'p99 ms': p99.toFixed(3), 'p50 more, ms': (p50 - percentile(reference!, 50)).toFixed(3) }
  }
}

async function get ({ origin }: ClusterProcess, id: string): Promise<number> {
  const started = performance.now()
  await succeed('GET', `${origin}/echo/connections/${id}`)
  return performance.now() - started
}

/** The time of the first alone. */
async function createAndDelete (process: ClusterProcess): Promise<number> {
  const started = performance.now()
  const id = await create(process)
  const time = performance.now() - started
  await succeed('DELETE', `${process.origin}/echo/connections/${id}`)
  return time
}

async function create ({ origin }: ClusterProcess): Promise<string> {
  return (JSON.parse(await succeed('POST', `${origin}/echo/connections`)) as WebRtcConnection).id
}

async function handshakes (processes: ClusterProcess[]): Promise<{ count: number, times: number[] }> {
  const any = () => processes[Math.floor(Math.random() * processes.length)]!.origin
  const end = performance.now() + 1000 * Number(values.seconds)
  const times: number[] = []
  await Promise.all(Array.from({ length: Number(values.concurrency) }, async () => {
    while (performance.now() < end) {
      const started = performance.now()
      await handshake(any)
      times.push(performance.now() - started)
    }
  }))
  return { count: times.length, times }
}

async function handshake (origin: () => string): Promise<void> {
  const farEnd = new NativePeer({ enableIceUdpMux: true })
  try {
    const post: Post = async (path, body) => JSON.parse(await succeed('POST', `${origin()}/echo${path}`, body))
    const connection = await createConnection(post)
    const channel = await answerOffer(post, connection, farEnd, () => farEnd.createDataChannel('echo', { negotiated: true, id: 0 }))
    await channel.opened()
    channel.send('hello')
    await channel.messages(1)
    await succeed('DELETE', `${origin()}/echo/connections/${connection.id}`)
  } finally {
    await farEnd.close()
  }
}

async function succeed (method: string, url: string, body?: object): Promise<string> {
  const { status, text } = await ask(method, url, { agent, body })
  if (status >= 300) throw new Error(`${method} ${url}: ${status} ${text}`)
  return text
}

/** What the broker has been told so far. */
async function messages (): Promise<number> {
  const { in_msgs: count } = await (await fetch(`http://127.0.0.1:${monitor}/varz`)).json() as { in_msgs: number }
  return count
}

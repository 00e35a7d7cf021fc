/**
 * What one process holds before the p99 of a route that has nothing to do with it passes 50 ms, and what happens beyond: idle
 * peers, connects a second, connections created a second, messages a second. Server and clients have processes of their own on
 * one machine; the clients step back behind the server.
 *
 *   npm run bench:load -- [--delay 100] [--apart] [peers] [connects] [creates] [messages]
 *
 * With --apart the server has the first core to itself, and everybody else the second (Linux).
 */
import { execFileSync } from 'node:child_process'
import { setPriority } from 'node:os'
import { parseArgs } from 'node:util'
import type { ConnectionManagerOptions } from '../plugin/index.js'
import { startChild, type RunningChild } from '../test/helpers/child.js'
import type { Command, Result } from './load-client.js'
import type { Load } from './load-server.js'
import { percentile } from './statistics.js'

interface Step {
  name: string
  /** For each of the clients. */
  command: Omit<Command, 'seconds'>
}

interface Scenario {
  options?: ConnectionManagerOptions
  /** Before the first step. */
  prepare?: Omit<Command, 'seconds'>
  steps: Step[]
}

const CLIENTS = 2
const P99 = 50

/** Of a step, in seconds: so that it has its effect, and then to measure. */
const WARM_UP = 2
const MEASURED = 4

/** How often the unrelated route is asked for in a second, and connections beside what a step does. */
const ASKS = 200
const CREATES = 5

const rising = (unit: string, rates: number[], command: (rate: number) => Omit<Command, 'seconds'>): Step[] =>
  rates.map(rate => ({ name: `${rate} ${unit}`, command: command(rate / CLIENTS) }))

const SCENARIOS: Record<string, Scenario[]> = {
  peers: [{ options: { maxConnections: 10_000 }, steps: rising('connected, idle peers', [250, 500, 1000, 2000, 3000], peers => ({ peers })) }],
  connects: [{ steps: rising('connects a second', [50, 100, 150, 200, 250, 300, 400, 600], connects => ({ connects })) }],
  creates: [{ steps: rising('creations a second', [200, 400, 600, 800, 1000, 1500, 2000, 4000], creates => ({ creates })) }],
  messages: [100, 1024].map(size => ({
    prepare: { peers: 10 },
    steps: rising(`messages of ${size} B a second`, [5000, 10_000, 20_000, 40_000, 80_000, 160_000, 320_000], messages => ({ messages, size }))
  }))
}

const { values: { delay, apart }, positionals } = parseArgs({ allowPositionals: true, options: { delay: { type: 'string' }, apart: { type: 'boolean' } } })

/** The limits of one address and of one connection are not what is to be measured here. */
const options: ConnectionManagerOptions = {
  maxConnectionsPerAddress: Infinity,
  maxPendingConnectionsPerAddress: Infinity,
  maxMessagesPerSecond: Infinity,
  maxBytesPerSecond: Infinity,
  ...delay && { maxEventLoopDelay: delay === 'Infinity' ? Infinity : Number(delay) }
}
for (const name of positionals.length > 0 ? positionals : Object.keys(SCENARIOS)) {
  for (const scenario of SCENARIOS[name]!) await run(scenario)
}

/** A server for each scenario, so that none has to do with what was before. */
async function run ({ options: more, prepare, steps }: Scenario): Promise<void> {
  // Infinity is not JSON.
  const json = JSON.stringify({ ...options, ...more }, (_key, value) => value === Infinity ? Number.MAX_SAFE_INTEGER : value)
  const server = startChild(new URL('load-server.ts', import.meta.url), { args: [json], deadline: 300_000 })
  const url = await server.line()
  const [probe, creator, ...clients] = Array.from({ length: CLIENTS + 2 }, () => startChild(new URL('load-client.ts', import.meta.url), { args: [url], deadline: 300_000 }))
  for (const client of clients) setPriority(client.process.pid!, 10)
  if (apart) [server, probe!, creator!, ...clients].forEach((child, index) => pin(child, index === 0 ? 0 : 1))
  if (prepare) await Promise.all(clients.map(client => obey(client, { ...prepare, seconds: 0 })))

  const table: Record<string, Record<string, string | number>> = {}
  let held: string | undefined
  let isBeyond = false
  for (const step of steps) {
    const row = await take(step)
    table[step.name] = row.cells
    process.stderr.write(`${step.name}: p99 ${row.cells['p99 ms']} ms\n`)
    isBeyond ||= row.isBeyond
    if (!isBeyond) held = step.name
  }
  console.table(table)
  console.log(`p99 of the unrelated route at most ${P99} ms, and nobody refused: up to ${held ?? 'less than the first step'}\n`)
  for (const child of [probe!, creator!, ...clients, server]) child.process.stdin!.end()
  await Promise.all([probe!, creator!, ...clients, server].map(child => child.ended))

  async function take ({ command }: Step): Promise<{ cells: Record<string, string | number>, isBeyond: boolean }> {
    // Peers stay; whatever has a rate goes on from the warm-up to the end.
    if (command.peers) await Promise.all(clients.map(client => obey(client, { ...command, seconds: 0 })))
    const busy = Promise.all(clients.map(client => obey(client, { ...command, seconds: WARM_UP + MEASURED })))
    const created = obey(creator!, { creates: CREATES, seconds: WARM_UP + MEASURED })
    await obey(probe!, { asks: ASKS, seconds: WARM_UP })
    const start = { time: performance.now(), ...await load(url) }
    const { latencies } = await obey(probe!, { asks: ASKS, seconds: MEASURED })
    const end = { time: performance.now(), ...await load(url) }
    const statuses: Record<string, number> = {}
    for (const result of [...await busy, await created]) {
      for (const [status, count] of Object.entries(result.statuses)) statuses[status] = (statuses[status] ?? 0) + count
    }
    const p99 = percentile(latencies, 99)
    const refused = statuses[503] ?? 0
    const seconds = (end.time - start.time) / 1000
    return {
      isBeyond: p99 > P99 || refused > 0,
      cells: {
        'p50 ms': percentile(latencies, 50).toFixed(1),
        'p99 ms': p99.toFixed(1),
        'max ms': percentile(latencies, 100).toFixed(0),
        '201 a second': ((statuses[201] ?? 0) / (WARM_UP + MEASURED)).toFixed(0),
        '503 a second': (refused / (WARM_UP + MEASURED)).toFixed(0),
        others: Object.entries(statuses).filter(([status]) => status !== '201' && status !== '503').map(([status, count]) => `${count} ${status}`).join(', '),
        connections: end.connections,
        'messages a second': ((end.messages - start.messages) / seconds).toFixed(0),
        'CPU %': ((end.cpu - start.cpu) / seconds / 10).toFixed(0),
        'RSS MB': (end.rss / 1024 / 1024).toFixed(0)
      }
    }
  }
}

/** With every thread that it has, and those to come. */
function pin (child: RunningChild, core: number): void {
  execFileSync('taskset', ['-apc', String(core), String(child.process.pid)], { stdio: 'ignore' })
}

async function obey (client: RunningChild, command: Command): Promise<Result> {
  client.write(JSON.stringify(command))
  return JSON.parse(await client.line(120_000))
}

async function load (url: string): Promise<Load> {
  return await (await fetch(`${url}/load`)).json() as Load
}

/**
 * Time from the first call to the first message back over a data channel, in headless Chromium: two peers in one page, this
 * plugin, geckos.io and the signaling of node-webrtc-examples take turns, each server in a process of its own.
 *
 *   npm run bench:connect -- [--runs 50] [--only 'client offers' …] [--candidates addresses|names]
 *
 * With --steps it shows when each step of a connect was done.
 *
 * With --rtt (50, in milliseconds) and --loss (2, in percent) over a slow path, counted in round trips: as root, on Linux. With --trace
 * it shows the packets of the last connect, by when they are half way.
 */
import { parseArgs } from 'node:util'
import { startChild, type RunningChild } from '../test/helpers/child.js'
import { CONTESTANTS, FLOOR, type Contestant, type ContestantName, type ServerName } from './contestants.js'
import type { Connect, Plan } from './connect-browser.js'
import { report, type Rows } from './report.js'
import { openSlowPath, type SlowPath } from './slow-path.js'
import { percentile } from './statistics.js'

/** In milliseconds. */
const DEADLINE = 840_000

const CANDIDATES = { addresses: 'its candidates are addresses', names: 'its candidates are .local names' }

const { values: { runs, only, candidates, steps, rtt, loss, trace } } = parseArgs({
  options: {
    runs: { type: 'string', default: '50' },
    only: { type: 'string', multiple: true },
    candidates: { type: 'string', multiple: true, default: Object.keys(CANDIDATES) },
    steps: { type: 'boolean', default: false },
    rtt: { type: 'string', default: '0' },
    loss: { type: 'string', default: '0' },
    trace: { type: 'boolean' }
  }
})
const roundTrip = Number(rtt)
const contestants = (only ?? Object.keys(CONTESTANTS)) as ContestantName[]

const path = roundTrip > 0 ? await openSlowPath({ roundTrip, loss: Number(loss) }) : undefined
const servers = new Map<ServerName, RunningChild>()
const origins: Partial<Record<ServerName, string>> = {}
for (const contestant of contestants) {
  const { server, page = server }: Contestant = CONTESTANTS[contestant]
  for (const name of [server, page]) await startServer(name, path)
}
for (const kind of candidates as (keyof typeof CANDIDATES)[]) {
  const connects = await measure(kind === 'addresses', path)
  const name = ['connect', ...path ? [`${roundTrip}ms`] : [], ...Number(loss) ? [`${loss}%`] : [], kind].join('-')
  report(name, `${path ? `Over ${roundTrip} ms round trip, ${loss} % loss` : 'On loopback'}; the page: ${CANDIDATES[kind]}; ${runs} runs`, summarize(connects), connects)
  if (steps) report(`${name}-steps`, 'When each step is done, in ms from the first call; p50', summarizeSteps(connects))
}
if (trace) await showPackets(path!)
for (const server of servers.values()) server.process.stdin!.end()
await Promise.all([...servers.values()].map(server => server.ended))
await path?.close()

async function startServer (name: ServerName, path: SlowPath | undefined): Promise<void> {
  if (servers.has(name)) return
  const server = startChild(new URL(`servers/${name}.ts`, import.meta.url), { args: [path?.serverAddress ?? '127.0.0.1'], namespace: path?.server, deadline: DEADLINE })
  servers.set(name, server)
  origins[name] = await server.line()
}

async function measure (fakeMedia: boolean, path: SlowPath | undefined): Promise<Connect[]> {
  const plan: Plan = { contestants, origins: origins as Plan['origins'], runs: Number(runs), fakeMedia, pause: 50 + 2 * roundTrip, withSteps: steps }
  const browser = startChild(new URL('connect-browser.ts', import.meta.url), { args: [JSON.stringify(plan)], namespace: path?.client, deadline: DEADLINE })
  const connects: Connect[] = []
  for (let line = await browser.line(60_000); line !== 'done'; line = await browser.line(60_000)) connects.push(JSON.parse(line))
  await browser.ended
  return connects
}

function summarize (connects: readonly Connect[]): Rows {
  const of = (name: ContestantName) => connects.filter(({ contestant }) => contestant === name)
  const durationsOf = (name: ContestantName) => of(name).flatMap(({ duration }) => duration ?? [])
  const floor = durationsOf(FLOOR)
  return Object.fromEntries(contestants.map(name => {
    const durations = durationsOf(name)
    const [p50, p99] = [percentile(durations, 50), percentile(durations, 99)]
    const { roundTrips, waits = 0 }: Contestant = CONTESTANTS[name]
    const compared: Rows[string] = roundTrip > 0
      ? { 'round trips': (p50 / roundTrip).toFixed(2), 'on paper': waits ? `${roundTrips} + ${waits} ms = ${(roundTrips + waits / roundTrip).toFixed(1)}` : roundTrips }
      : { 'p50 / floor': (p50 / percentile(floor, 50)).toFixed(2), 'p99 / floor': (p99 / percentile(floor, 99)).toFixed(2) }
    return [name, {
      'p10 ms': percentile(durations, 10).toFixed(1),
      'p50 ms': p50.toFixed(1),
      'p90 ms': percentile(durations, 90).toFixed(1),
      'p99 ms': p99.toFixed(1),
      ...compared,
      failed: of(name).length - durations.length
    }]
  }))
}

/** In the order in which a client that offers takes them. */
function summarizeSteps (connects: readonly Connect[]): Rows {
  const valuesOf = (step: string, name: ContestantName) => connects.filter(({ contestant }) => contestant === name).flatMap(({ steps }) => steps?.[step] ?? [])
  const rows = [...new Set(connects.flatMap(({ steps = {} }) => Object.keys(steps)))].map(step => {
    const medians = contestants.map(name => [name, percentile(valuesOf(step, name), 50)] as const)
    return { step, latest: Math.max(...medians.flatMap(([, median]) => Number.isNaN(median) ? [] : [median])), cells: Object.fromEntries(medians.map(([name, median]) => [name, Number.isNaN(median) ? '' : median.toFixed(1)])) }
  })
  return Object.fromEntries(rows.sort((a, b) => a.latest - b.latest).map(({ step, cells }) => [step, cells]))
}

/** From the first packet on that has to do with the last connect, in round trips. */
async function showPackets (path: SlowPath): Promise<void> {
  const packets = await path.packets()
  const first = packets.findLastIndex(({ name }) => / \/(\S+\/)?connections HTTP/.test(name) && !name.startsWith('OPTIONS'))
  for (const { time, from, name, isLost } of packets.slice(first)) {
    console.log(`${((time - packets[first]!.time) / roundTrip).toFixed(2).padStart(6)}  ${from === 'client' ? '->' : '<-'} ${name}${isLost ? ' (lost)' : ''}`)
  }
}

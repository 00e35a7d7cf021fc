import { readFileSync } from 'node:fs'
import { once } from 'node:events'
import t, { type Test } from 'tap'
import { startChild, type RunningChild } from '../helpers/child.js'
import type { HostileAct } from './hostile-far-end.js'

t.setTimeout(180_000)

const FAR_END = new URL('hostile-far-end.ts', import.meta.url)
const SERVER = new URL('flooded-server.ts', import.meta.url)

/** How much the server's memory may change, in MiB. Without limits it is 237. */
const CHANGE = 16

/** How often that is measured at most, of which the least counts: while a busy machine keeps the event loop from turning, nothing is counted. */
const MEASURES = 3

/** How many times longer another client may wait for an answer meanwhile. Without bounds it is a thousand and more. */
const PATIENCE = 100

/** What clients do that stay within the limits, and what the server's memory then knows. */
const WARM_UP: NonNullable<HostileAct['flood']>[] = [
  { size: 1024, channels: 1, seconds: 3, perSecond: 2500, label: 'fast' },
  { size: 10, channels: 8, seconds: 1, perSecond: 2500, label: 'fast' },
  { size: 65536, channels: 1, seconds: 2, perSecond: 150, label: 'fast' }
]

const ATTACKS: Record<string, HostileAct> = {
  'a flood of 1 KiB messages, with a fast listener': { flood: { size: 1024, channels: 1, seconds: 30, label: 'fast' } },
  'a flood of 10-byte messages on eight channels, with a fast listener': { flood: { size: 10, channels: 8, seconds: 30, label: 'fast' } },
  'a flood of 64 KiB messages, with a fast listener': { flood: { size: 65536, channels: 1, seconds: 30, label: 'fast' } },
  '20 channels opened and closed in a loop': { churn: 100_000 },
  'a flood of 1 KiB messages, with a listener that takes 200 µs': { flood: { size: 1024, channels: 1, seconds: 30, label: 'slow' } },
  'a flood of 1 KiB messages, while the event loop is busy for 600 ms': { flood: { size: 1024, channels: 1, seconds: 30, label: 'busy' } }
}

interface Told {
  id: string
  limit?: string
  reason?: string
}

t.test('hostile far ends', async t => {
  const server = await start(t)
  for (const [name, act] of Object.entries(ATTACKS)) {
    t.test(`${name} -> memory stays, others are served, and the connection is gone`, t => measure(t, server, act, async id => {
      const during = server.ping()
      const told = await server.toldOf(id, ({ reason }) => reason !== undefined)
      t.equal(told.pop()!.reason, 'limit-exceeded')
      t.ok(told.length > 0, 'the application was told of the limit')
      t.equal((await fetch(`${server.url}/connections/${id}`)).status, 404)
      return await during
    }))
  }
  for (const sender of ['as fast as send allows', 'whatever send throws']) {
    t.test(`a far end that stops, while the server sends ${sender} -> memory stays, and others are served`, t => measure(t, server, { stopAfter: sender }, async id => {
      const told = await server.toldOf(id, ({ limit }) => limit !== undefined)
      t.equal(told[0]!.limit, 'maxBufferedAmount')
      return await server.ping(2000)
    }))
  }
})

/** Has a far end act, some times over, until memory has changed by little once. `watch` settles with how long another client waits for an answer meanwhile. */
async function measure (t: Test, server: Awaited<ReturnType<typeof start>>, act: HostileAct, watch: (id: string) => Promise<number>): Promise<void> {
  // The first of them is part of the warm-up: what the process has never done takes memory once.
  let least = Infinity
  for (let round = 0; round <= MEASURES && least >= CHANGE; round++) {
    const before = server.memory()
    const peak = server.watch()
    const farEnd = startChild(FAR_END, { args: [server.url], deadline: 60_000 })
    const id = await farEnd.line(60_000)
    farEnd.write(JSON.stringify(act))
    const ratio = await watch(id) / server.roundTrip
    const change = { peak: peak() - before, after: server.memory() - before }
    t.comment(`memory ${show(change)}, round trip ${ratio.toFixed(1)} times as long`)
    await end(farEnd)
    // Or the server would go on to send to one that has only stopped, beside the next.
    await fetch(`${server.url}/connections/${id}`, { method: 'DELETE' })
    if (round === 0) continue
    least = Math.min(least, change.peak)
    t.ok(ratio < PATIENCE, `others wait ${ratio.toFixed(1)} times as long`)
  }
  t.ok(least < CHANGE, `memory changes by ${least.toFixed(1)} MiB`)
}

/** A server that has seen traffic within the limits, and a client of it that pings. */
async function start (t: Test) {
  const child = startChild(SERVER, { deadline: 170_000 })
  t.teardown(() => end(child))
  const url = await child.line(60_000)
  const lines: Told[] = []
  const other = startChild(FAR_END, { args: [url], deadline: 170_000 })
  t.teardown(() => end(other))
  await other.line(60_000)
  const ask = async (act: HostileAct) => {
    other.write(JSON.stringify(act))
    return await other.line(60_000)
  }
  const ping = async (count = 200) => Number(await ask({ ping: count }))
  const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.process.pid}/status`, 'utf8'))![1]) / 1024

  for (const flood of WARM_UP) await ask({ flood })
  return {
    url,
    memory,
    ping,
    roundTrip: await ping(),
    /** The most memory from now on, in MiB, until it is asked for. */
    watch () {
      let peak = 0
      const look = () => { peak = Math.max(peak, memory()) }
      const timer = setInterval(look, 5)
      t.teardown(() => clearInterval(timer))
      return () => {
        clearInterval(timer)
        look()
        return peak
      }
    },
    /** What the server says of the connection, until it is what is waited for. */
    async toldOf (id: string, isLast: (told: Told) => boolean): Promise<Told[]> {
      do lines.push(JSON.parse(await child.line(60_000)))
      while (!lines.some(told => told.id === id && isLast(told)))
      return lines.filter(told => told.id === id)
    }
  }
}

async function end (child: RunningChild): Promise<void> {
  if (child.process.exitCode !== null) return
  const closed = once(child.process, 'close')
  child.process.kill('SIGKILL')
  await closed
}

function show (change: { peak: number, after: number }): string {
  return `+${change.peak.toFixed(1)} MiB at most, +${change.after.toFixed(1)} MiB afterwards`
}

/**
 * What connections that do nothing take, in memory and processor time of the server's process, beside peers of node-datachannel by
 * themselves. Each figure has a new server, in a process of its own; the far ends are in this one. Linux.
 *
 *   npm run bench:idle -- [--rounds 3] [--seconds 5] [--one-port] [500]
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { freePort } from '../test/helpers/udp-port.js'
import { cpuTicks, fill, memory, TICKS } from './process-costs.js'
import { report, type Rows } from './report.js'
import { connect, disconnect, startBare, startPlugin, type Signaling } from './signaling.js'
import { percentile } from './statistics.js'

interface Taken {
  /** Of a connection that was not answered, and of a connected one, in KB. */
  unanswered: number
  connected: number
  /** Of all connected ones, in percent of a core. */
  cpu: number
}

type Start = (udpPort?: number) => Promise<Signaling>

const CONTESTANTS: Record<string, Start> = { 'fastify-webrtc': startPlugin, 'node-datachannel': startBare }
/** What the first peers of a process bring with them, threads for instance, is not to be counted. */
const WARM_UP = 50

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '3' }, seconds: { type: 'string', default: '5' }, 'one-port': { type: 'boolean', default: false } }
})
const rows: Rows = {}
for (const count of positionals.length > 0 ? positionals.map(Number) : [500]) {
  const taken: Record<string, Taken[]> = {}
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [name, start] of Object.entries(CONTESTANTS)) (taken[name] ??= []).push(await measure(start, count))
  }
  for (const [name, of] of Object.entries(taken)) {
    const middle = (key: keyof Taken) => percentile(of.map(taken => taken[key]), 50).toFixed(1)
    rows[`${count}, ${name}`] = { 'KB each, not answered': middle('unanswered'), 'KB each, connected': middle('connected'), 'CPU % of a core, connected': middle('cpu') }
  }
}
report(values['one-port'] ? 'idle-one-port' : 'idle', `Connections that do nothing, ${values['one-port'] ? 'one UDP port for all' : 'a UDP port for each'}`, rows)

async function measure (start: Start, count: number): Promise<Taken> {
  const unanswered = await withServer(start, async (signaling, before) => {
    await fill(count, () => signaling.create())
    return (await memory(signaling) - before) / count / 1024
  })
  const [connected, cpu] = await withServer(start, async (signaling, before) => {
    const farEnds = await fill(count, () => connect(signaling, { hasOwnPort: values['one-port'] }))
    const each = (await memory(signaling) - before) / count / 1024
    const ticks = cpuTicks(signaling)
    await sleep(Number(values.seconds) * 1000)
    const used = (cpuTicks(signaling) - ticks) / TICKS / Number(values.seconds) * 100
    for (const farEnd of farEnds) await disconnect(signaling, farEnd)
    return [each, used] as const
  })
  return { unanswered, connected, cpu }
}

/** `measure` is given the memory that the server takes when it is warm. */
async function withServer<Result> (start: Start, measure: (signaling: Signaling, before: number) => Promise<Result>): Promise<Result> {
  const signaling = await start(values['one-port'] ? await freePort() : undefined)
  for (const farEnd of await fill(WARM_UP, () => connect(signaling, { hasOwnPort: values['one-port'] }))) await disconnect(signaling, farEnd)
  const result = await measure(signaling, await memory(signaling))
  await signaling.end()
  return result
}

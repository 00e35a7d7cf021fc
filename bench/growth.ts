/**
 * What a connect takes, and what the server's process holds and uses, while so many connections are open, in one process and in two
 * that share them: how far from a straight line it is. The far ends are in this process. Linux.
 *
 *   npm run bench:growth -- [--seconds 5] [--connects 200] [--one-port] [--plot docs/growth.svg] [100 500 1000 2000]
 */
import { writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { freePort } from '../test/helpers/udp-port.js'
import { plot } from './plot.js'
import { cpuTicks, fill, memory, TICKS } from './process-costs.js'
import { report, type Rows } from './report.js'
import { connect, disconnect, startPlugin, type FarEnd, type Signaling } from './signaling.js'
import { percentile } from './statistics.js'

interface Step {
  count: number
  p50: number
  p99: number
  /** Of all processes together, in MB beyond what they had without connections, and in percent of a core. */
  memory: number
  cpu: number
}

const PROCESSES = [1, 2]
/** What the first peers of a process bring with them, threads for instance, is not to be counted. */
const WARM_UP = 50

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '5' }, connects: { type: 'string', default: '200' }, 'one-port': { type: 'boolean', default: false }, plot: { type: 'string' } }
})
const seconds = Number(values.seconds)
const hasOwnPort = values['one-port']
const counts = positionals.length > 0 ? positionals.map(Number) : [100, 500, 1000, 2000]

const curves = new Map<number, Step[]>()
for (const processes of PROCESSES) curves.set(processes, await grow(processes))

const rows: Rows = {}
for (const [processes, steps] of curves) {
  for (const { count, p50, p99, memory, cpu } of steps) {
    rows[`${count} in ${processes === 1 ? 'one process' : `${processes} processes`}`] = {
      'connect p50 ms': p50.toFixed(1),
      'connect p99 ms': p99.toFixed(1),
      'RSS MB': memory.toFixed(0),
      'KB each': (memory * 1024 / count).toFixed(0),
      'CPU % of a core': cpu.toFixed(1),
      'CPU % for 100': (cpu / count * 100).toFixed(2)
    }
  }
}
report(hasOwnPort ? 'growth-one-port' : 'growth', `As connections become more, ${hasOwnPort ? 'one UDP port for all of a process' : 'a UDP port for each'}`, rows)
if (values.plot) writeFileSync(values.plot, draw())

async function grow (processes: number): Promise<Step[]> {
  const servers: Signaling[] = []
  for (let index = 0; index < processes; index++) servers.push(await startPlugin(hasOwnPort ? await freePort() : undefined))
  const connectTo = (index: number) => connect(servers[index % processes]!, { hasOwnPort })
  for (const [index, farEnd] of (await fill(WARM_UP, connectTo)).entries()) await disconnect(servers[index % processes]!, farEnd)
  const before = await sum(servers, memory)

  const steps: Step[] = []
  const farEnds: FarEnd[] = []
  for (const count of counts) {
    farEnds.push(...await fill(count - farEnds.length, number => connectTo(farEnds.length + number)))
    const held = await sum(servers, memory) - before
    const ticks = await sum(servers, cpuTicks)
    await sleep(seconds * 1000)
    const cpu = (await sum(servers, cpuTicks) - ticks) / TICKS / seconds * 100
    const durations: number[] = []
    for (let number = 0; number < Number(values.connects); number++) {
      const start = performance.now()
      const farEnd = await connectTo(number)
      durations.push(performance.now() - start)
      await disconnect(servers[number % processes]!, farEnd)
    }
    steps.push({ count, p50: percentile(durations, 50), p99: percentile(durations, 99), memory: held / 1024 / 1024, cpu })
    process.stderr.write(`${count} in ${processes}\n`)
  }
  for (const [index, farEnd] of farEnds.entries()) await disconnect(servers[index % processes]!, farEnd)
  for (const server of servers) await server.end()
  return steps
}

async function sum (servers: readonly Signaling[], of: (server: Signaling) => number | Promise<number>): Promise<number> {
  const numbers = await Promise.all(servers.map(of))
  return numbers.reduce((sum, number) => sum + number)
}

function draw (): string {
  const line = (processes: number, name: string, of: (step: Step) => number) => ({
    name: processes === 1 ? name : `${name}, ${processes} processes`,
    points: curves.get(processes)!.map(step => ({ x: step.count, y: of(step) }))
  })
  const panel = (title: string, name: string, of: (step: Step) => number) => ({ title, lines: PROCESSES.map(processes => line(processes, name, of)) })
  return plot('As connections become more', 'Open connections', [
    panel('Connect, p99, ms', 'p99', ({ p99 }) => p99),
    panel('Memory beyond that of none, MB', 'RSS', ({ memory }) => memory),
    panel('Processor time of open connections, % of a core', 'CPU', ({ cpu }) => cpu)
  ])
}

/**
 * A zone is lost, and its clients come back: how long it takes, by simulation, for admission rates and jitters. Each client notices
 * after some seconds, makes attempts after random times of up to 0.5, 1, 2 and then 4 s, as ConnectionClient does, and later when
 * the server says so; a process takes so many connects a second and refuses others with 503 and Retry-After: 1. The costs are
 * assumed. Draws docs/storm.svg.
 *
 *   npm run bench:storm -- [--connections 1000000] [--seed 1]
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { plot, type Point } from './plot.js'
import { report, type Rows } from './report.js'
import { createRandom } from './soak-plan.js'

const { values } = parseArgs({ options: { connections: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '1' } } })

const CONNECTIONS = Number(values.connections)
/** Of three zones one is lost. */
const LOST = Math.round(CONNECTIONS / 3)
/** What one process holds. The two zones that are left hold everybody. */
const PER_PROCESS = 2000
const PROCESSES = Math.ceil(CONNECTIONS / PER_PROCESS)
/** Of a core for each connect, and for each refusal, and how many of a second there are for both, in milliseconds. */
const CONNECT = 4
const REFUSAL = 0.5
const BUDGET = 700
/** In seconds. */
const STEP = 0.1
/** What is simulated at most, in seconds. */
const LONGEST = 600

interface Result { admission: number, jitter: number, median: number, p99: number, all: number, busiest: number, curve: Point[] }

const results: Result[] = []
for (const admission of [20, 50, 100]) for (const jitter of [0, 5, 30]) results.push(simulate(admission, jitter))

const rows: Rows = Object.fromEntries(results.map(({ admission, jitter, median, p99, all, busiest }) => [`${admission} a second, jitter ${jitter} s`, {
  'half are back, s': median.toFixed(1),
  '99 % are back, s': p99.toFixed(1),
  'all are back, s': all.toFixed(1),
  'requests a second of a process, at most': Math.round(busiest)
}]))
report('storm', `${LOST} clients of a lost zone come to ${PROCESSES} processes`, rows, results)
writeFileSync(new URL('../docs/storm.svg', import.meta.url), plot(
  `${LOST.toLocaleString('en')} clients of a lost zone, back at ${PROCESSES} processes`, 'seconds after the loss',
  [20, 50, 100].map(admission => ({
    title: `% back, of each process ${admission} a second`,
    lines: results.filter(result => result.admission === admission).map(({ jitter, curve }) => ({ name: `jitter ${jitter} s`, points: curve }))
  }))
))

/** All processes are alike, so that one queue of all of them stands for them. The jitter is one more that each client waits at first. */
function simulate (admission: number, jitter: number): Result {
  const random = createRandom(Number(values.seed))
  const steps = Math.ceil(LONGEST / STEP)
  /** How many clients make their attempt in each step, by how many they have made. */
  const arrivals = Array.from({ length: 5 }, () => new Float64Array(steps + 100))
  for (let client = 0; client < LOST; client++) {
    // Chromium notices after some 9 s: three of silence, and what its own timers add.
    const first = 6 + 6 * random() + jitter * random() + 0.5 * random()
    arrivals[0]![Math.floor(first / STEP)]!++
  }
  const curve: number[] = []
  let back = 0
  let busiest = 0
  for (let step = 0; step < steps && back < LOST; step++) {
    const asking = arrivals.reduce((sum, at) => sum + at[step]!, 0)
    const each = asking / STEP / PROCESSES
    const affordable = Math.max(0, (BUDGET - REFUSAL * each) / (CONNECT - REFUSAL))
    const room = Math.min(asking, PROCESSES * Math.min(admission, affordable) * STEP)
    busiest = Math.max(busiest, each)
    for (let attempt = 0; attempt < arrivals.length; attempt++) {
      const here = arrivals[attempt]![step]!
      const taken = asking === 0 ? 0 : here * room / asking
      for (let refused = here - taken, portion = Math.max(1, refused / 50); refused > 1e-9; refused -= portion) {
        const next = Math.min(attempt + 1, arrivals.length - 1)
        // Retry-After, and a random time of up to 1, 2, 4 s.
        const delay = 1 + Math.min(4, 0.5 * 2 ** next) * random()
        arrivals[next]![Math.min(steps + 99, step + Math.max(1, Math.round(delay / STEP)))]! += Math.min(portion, refused)
      }
    }
    back += room
    curve.push(back / LOST)
  }
  const at = (share: number) => STEP * (curve.findIndex(value => value >= share) + 1)
  return { admission, jitter, median: at(0.5), p99: at(0.99), all: at(0.99999), busiest, curve: sample(curve) }
}

/** Of the first minute, in percent. */
function sample (curve: number[]): Point[] {
  return Array.from({ length: 121 }, (_, index) => ({ x: index / 2, y: Math.round(1000 * (curve[Math.round(index / 2 / STEP)] ?? 1)) / 10 }))
}

import { median } from '../test/helpers/median.js'
import type { SoakClients } from './soak-clients.js'
import type { Sample } from './soak-server.js'

/** What a soak has found. */
export interface Findings {
  /** Held before the first connect, at rest. */
  before: Sample
  /** One a second while connects came. */
  samples: readonly Sample[]
  /** Held when the last connection was gone. */
  after: Sample
  started: number
  clients: Pick<SoakClients, 'planned' | 'unplanned'>
  /** How the server's process ended. */
  exitCode: unknown
  stderr: string
}

const MB = 1024 * 1024

/** From here on as many connections end as begin, and the allocators have what they keep: a quarter of the time, and no less than it takes to notice a far end that was stopped. */
const WARM_UP = { part: 0.25, seconds: 50 }

interface Figure {
  name: string
  value: (sample: Sample) => number
  unit: number
  /** How much it may have risen from the end of the warm-up to the last sample, by its slope. */
  limit: number
}

/** The limits are what allocators, the garbage collector and chance do by themselves within two minutes, at some twenty connects a second: far ends come and stop by eights. What is left at rest is exact. */
const FIGURES: Figure[] = [
  // V8 takes and returns tens of MB, and collects garbage, as it sees fit: within minutes a slope says little. The rest is what the native side has.
  { name: 'RSS, MB', value: ({ rss }) => rss, unit: MB, limit: 64 * MB },
  { name: 'RSS without the heap of V8, MB', value: ({ rss, heapTotal }) => rss - heapTotal, unit: MB, limit: 16 * MB },
  { name: 'heap in use, MB', value: ({ heap }) => heap, unit: MB, limit: 64 * MB },
  { name: 'file descriptors', value: ({ fileDescriptors }) => fileDescriptors, unit: 1, limit: 75 },
  { name: 'threads', value: ({ threads }) => threads, unit: 1, limit: 2 },
  { name: 'connections', value: ({ connections }) => connections, unit: 1, limit: 75 },
  { name: 'pending connections', value: ({ pending }) => pending, unit: 1, limit: 75 },
  { name: 'native peers', value: ({ live }) => live, unit: 1, limit: 75 }
]

/** The native side makes and ends a thread and a socket or two when it likes. */
const TOLERANCE = 5

/** What is compiled and cached by then, beside what was there before. */
const HEAP_TOLERANCE = 8 * MB

/** Of a hundred connects: a machine that is busy with other things lets one time out now and then, and keeps the server from its work. */
const MAX_UNPLANNED = 1
const MAX_REFUSED = 10

/** Whether a soak was flat, and what there is to say about it. */
export function judgeSoak ({ before, samples, after, started, clients: { planned, unplanned }, exitCode, stderr }: Findings): { isFlat: boolean, text: string } {
  const duration = samples.at(-1)!.time - samples[0]!.time
  const warm = samples.filter(({ time }) => time >= samples[0]!.time + Math.min(duration / 2, Math.max(WARM_UP.seconds, duration * WARM_UP.part)))
  const lines: string[] = []
  let isFlat = true
  const check = (isGood: boolean, line: string) => {
    isFlat &&= isGood
    lines.push(`${isGood ? 'ok' : 'NOT OK'} - ${line}`)
  }

  const times = warm.map(({ time }) => time)
  const seconds = times.at(-1)! - times[0]!
  for (const { name, value, unit, limit } of FIGURES) {
    const values = warm.map(value)
    const slope = theilSen(times, values)
    const show = (value: number) => (value / unit).toFixed(1)
    check(slope * seconds <= limit, `${name}: median ${show(median(values))}, slope ${show(slope * 3600)} an hour: ${show(slope * seconds)} in the ${Math.round(seconds)} s after the warm-up, at most ${show(limit)}`)
  }
  check(after.connections + after.pending + after.live === 0, `at rest: ${after.connections} connections, ${after.pending} pending, ${after.live} native peers`)
  check(after.fileDescriptors <= before.fileDescriptors + TOLERANCE, `at rest: ${after.fileDescriptors} file descriptors, ${before.fileDescriptors} before`)
  check(after.heap <= before.heap + HEAP_TOLERANCE, `at rest, without garbage: ${(after.heap / MB).toFixed(1)} MB of heap in use, ${(before.heap / MB).toFixed(1)} MB before`)
  check(after.threads <= before.threads + TOLERANCE, `at rest: ${after.threads} threads, ${before.threads} before`)
  lines.push(`RSS at rest: ${(after.rss / MB).toFixed(1)} MB, ${(before.rss / MB).toFixed(1)} MB before`)

  const count = (counts: ReadonlyMap<unknown, number>) => [...counts.values()].reduce((sum, number) => sum + number, 0)
  const refused = count(new Map([...unplanned].filter(([what]) => what.includes('FST_WEBRTC_OVERLOADED'))))
  check(count(unplanned) - refused <= started * MAX_UNPLANNED / 100, `${started} connects, ${count(unplanned) - refused} went otherwise than planned`)
  check(refused <= started * MAX_REFUSED / 100, `${refused} were refused because the event loop was late`)
  for (const [what, number] of [...planned, ...unplanned]) lines.push(`  ${number} ${what}`)
  check(exitCode === 0 && stderr === '', `the server ended with ${String(exitCode)}${stderr && `, and said:\n${stderr.slice(0, 2000)}`}`)
  lines.push(`CPU of the server: ${((samples.at(-1)!.cpu - samples[0]!.cpu) / duration * 100).toFixed(0)} % of a core; event loop late at p99 of a second: median ${median(samples.map(({ delayP99 }) => delayP99)).toFixed(1)} ms, largest ${Math.max(...samples.map(({ delayP99 }) => delayP99))} ms`)
  return { isFlat, text: lines.join('\n') }
}

/** The median of the slopes between all pairs of points: an outlier does not move it. */
export function theilSen (times: readonly number[], values: readonly number[]): number {
  const slopes: number[] = []
  for (let end = 0; end < times.length; end++) {
    for (let start = 0; start < end; start++) slopes.push((values[end]! - values[start]!) / (times[end]! - times[start]!))
  }
  return median(slopes)
}

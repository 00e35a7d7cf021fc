/**
 * Connects at a steady rate that stop at random points, against a server in a process of its own, and what that process holds
 * the while. Fails when one of its slopes is not flat, or when something is left in the end.
 *
 *   npm run bench:soak -- [--minutes 30] [--rate 20] [--seed 1] [--only 'mid-DTLS'] [--samples soak.jsonl]
 *
 * With --plot it draws what it has measured.
 */
import { appendFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { setTimeout as sleep } from 'node:timers/promises'
import { startChild } from '../test/helpers/child.js'
import { SoakClients } from './soak-clients.js'
import { ABORT_POINTS, createRandom, drawStep, type AbortPoint } from './soak-plan.js'
import { plotSoak } from './soak-plot.js'
import type { Sample } from './soak-server.js'
import { judgeSoak } from './soak-verdict.js'

/** How long it takes at most until the server has noticed that the last far end is gone, in seconds: see `SIGSTOP`. */
const REST = 90

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    rate: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 1e9) },
    only: { type: 'string' },
    samples: { type: 'string' },
    plot: { type: 'string' }
  }
})
const duration = Number(values.minutes) * 60
const rate = Number(values.rate)
const only = values.only as AbortPoint | undefined
if (!(duration > 0) || !(rate > 0)) throw new TypeError('--minutes and --rate: expected numbers above 0')
if (only && !(only in ABORT_POINTS)) throw new TypeError(`--only: expected one of ${Object.keys(ABORT_POINTS).join(', ')}`)

console.log(`${values.minutes} minutes, ${rate} connects a second, seed ${values.seed}`)
const random = createRandom(Number(values.seed))
const server = startChild(new URL('soak-server.ts', import.meta.url), { execArgv: ['--expose-gc'], deadline: (duration + REST + 60) * 1000 })
const url = await server.line()

const samples: Sample[] = []
const before = await warmUp()
const clients = await SoakClients.start(random)
const started = await connectSteadily()
clients.kill()
const after = await untilRest()
server.process.stdin!.end()
const { exitCode, signal, stderr } = await server.ended

const verdict = judgeSoak({ before, samples, after, started, clients, exitCode: exitCode ?? signal, stderr })
console.log(verdict.text)
if (values.plot) writeFileSync(values.plot, plotSoak(samples, `${values.minutes} minutes, ${rate} connects a second`))
process.exit(verdict.isFlat ? 0 : 1)

/** The native threads and what they poll with come with the first connections. */
async function warmUp (): Promise<Sample> {
  const clients = await SoakClients.start(random)
  for (let count = 0; count < 40; count++) clients.connect({ ...drawStep(random, 'messages, DELETE'), url })
  for (let second = 0; second < 5; second++) await nextSample()
  clients.kill()
  return await untilRest()
}

/** How many connects were started. */
async function connectSteadily (): Promise<number> {
  const start = performance.now()
  let started = 0
  const timer = setInterval(() => {
    // As many as are due; after a pause of this process no more than of a second.
    const due = Math.floor((performance.now() - start) / 1000 * rate)
    for (let late = Math.min(due - started, rate); late > 0; late--) clients.connect({ ...drawStep(random, only), url })
    started = Math.max(started, due)
  }, 1000 / rate / 2)
  while (performance.now() - start < duration * 1000) {
    const sample = await nextSample()
    samples.push(sample)
    if (values.samples) appendFileSync(values.samples, `${JSON.stringify(sample)}\n`)
  }
  clearInterval(timer)
  return started
}

/** What is held when nothing is left of the connections. */
async function untilRest (): Promise<Sample> {
  let sample = await nextSample()
  for (let second = 0; second < REST && sample.connections + sample.live > 0; second++) sample = await nextSample()
  // Sockets are closed on native threads, which tell nobody.
  server.write('collect garbage')
  await sleep(1000)
  return await nextSample()
}

async function nextSample (): Promise<Sample> {
  return JSON.parse(await server.line(30_000))
}

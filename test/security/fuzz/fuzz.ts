/**
 * Sends generated inputs to a server in a child process and writes, as JSON, what came of it; fails when anything did.
 * Arguments: how many inputs, the seed that repeats them, and a defect for the server to have.
 */
import fc from 'fast-check'
import { documented, seen } from '../../helpers/conformance.js'
import { startChild, type RunningChild } from '../../helpers/child.js'
import { within } from '../../helpers/deadline.js'
import { FuzzClient, type Outcome } from './client.js'
import { Exchange } from './exchange.js'
import { inputs, type Input } from './inputs.js'
import type { Sample } from './server.js'

/** Milliseconds of the event loop that a refusal may take. */
const MAX_REFUSAL_TIME = 5
/** How often an input that took longer is repeated, alone: its median counts. */
const REPEATS = 5
/** How often that is done while its median is longer, too. */
const ROUNDS = 4
/** How often fast-check may try to make a failing input smaller. */
const MAX_SHRINKS = 100
const MAX_DURATION = 6 * 3_600_000

interface Server {
  child: RunningChild
  exchange: Exchange
  client: FuzzClient
}

const [, , count = '100000', seed = String(Math.floor(Math.random() * 2 ** 31)), ...defect] = process.argv
const total = Number(count)
if (!(total > 0)) throw new TypeError(`expected a number of inputs, found ${count}`)
const statuses: Record<string, number> = {}
const refusals: number[] = []
const slow: Input[] = []
const samples: ({ inputs: number } & Sample)[] = []
let accepted: number[] = []
let requests = 0
let runs = 0
let shrinks = -1

const started = performance.now()
let server = await start()
const result = await fc.check(fc.asyncProperty(inputs, run), { seed: Number(seed), numRuns: total })
const failures = result.failed ? [fc.stringify(result.counterexample?.[0]).slice(0, 20_000), String((result.errorInstance as Error).stack)] : []
const refused = result.failed ? undefined : await repeatSlow().catch(fail)
const end = failures.length > 0 ? undefined : await settle().catch(fail)
failures.push(...findFailures(end, refused?.slow ?? []))

console.log(JSON.stringify({
  seed: Number(seed),
  inputs: runs,
  requests,
  seconds: Math.round((performance.now() - started) / 1000),
  statuses,
  unseen: documented().filter(status => !seen.has(status)),
  refusals: { count: refusals.length, median: quantile(refusals, 0.5), p99: quantile(refusals, 0.99), p999: quantile(refusals, 0.999), max: quantile(refusals, 1), ...refused },
  accepted: { count: accepted.length, median: quantile(accepted, 0.5), p99: quantile(accepted, 0.99), max: quantile(accepted, 1) },
  samples,
  end,
  failures
}, null, 2))

server.child.process.stdin!.end()
server.exchange.close()
const { exitCode, signal } = await within(server.child.ended, 'the server to end', 20_000)
if (exitCode !== 0) console.error(`the server ended with ${signal ?? exitCode}`)
process.exit(failures.length > 0 || exitCode !== 0 ? 1 : 0)

async function start (): Promise<Server> {
  const child = startChild(new URL('server.ts', import.meta.url), { args: defect, deadline: MAX_DURATION })
  const exchange = new Exchange(Number(await child.line(60_000)))
  return { child, exchange, client: new FuzzClient(exchange) }
}

/** One input, of fast-check's choice. What it throws makes fast-check look for a smaller one that does. */
async function run (input: Input): Promise<void> {
  if (shrinks === 0) return
  shrinks--
  try {
    const outcomes = await server.client.run(input)
    if (shrinks > 0) return
    note(input, outcomes)
    if (++runs % Math.ceil(total / 10) === 0) await takeSample()
  } catch (error) {
    if (shrinks < 0) shrinks = defect.length > 0 ? 0 : MAX_SHRINKS
    throw await explain(error)
  }
}

/** Of an operation. What is none of ours the host refuses, with its own limit of the body. */
function isRefusal ({ what, statusCode }: Pick<Outcome, 'what' | 'statusCode'>): boolean {
  return statusCode >= 400 && what !== 'none' && what !== 'raw'
}

/** What went wrong when all inputs had been through once. */
async function fail (error: unknown): Promise<undefined> {
  failures.push(String((await explain(error)).stack))
}

function note (input: Input, outcomes: Outcome[]): void {
  requests += outcomes.length
  for (const { what, statusCode, time } of outcomes) {
    const key = `${what} ${statusCode}`
    statuses[key] = (statuses[key] ?? 0) + 1
    if (statusCode < 400) accepted.push(time)
    else if (isRefusal({ what, statusCode })) refusals.push(time)
  }
  if (outcomes.some(outcome => isRefusal(outcome) && outcome.time > MAX_REFUSAL_TIME)) slow.push(input)
  if (accepted.length > 1_000_000) accepted = accepted.slice(-500_000)
}

async function takeSample (): Promise<void> {
  await server.client.settle()
  const sample = await ask()
  samples.push({ inputs: runs, ...sample })
  console.error(`${runs} inputs, ${requests} requests, ${Math.round((performance.now() - started) / 1000)} s, ${Math.round(sample.rss / 2 ** 20)} MiB, ${slow.length} to repeat`)
}

async function ask (milliseconds?: number): Promise<Sample> {
  server.child.write('sample')
  return JSON.parse(await server.child.line(milliseconds)) as Sample
}

/** Says whether it is the server that has crashed or hangs; the next input finds another. */
async function explain (error: unknown): Promise<Error> {
  const { child, exchange } = server
  const ended = await within(child.ended, 'the end', 1000).catch(() => undefined)
  const isHanging = !ended && (await ask(2000).catch(() => undefined)) === undefined
  if (!ended && !isHanging) return error as Error
  child.process.kill('SIGKILL')
  exchange.close()
  server = await start()
  return new Error(`${ended ? `the server ended with ${ended.signal ?? ended.exitCode}: ${ended.stderr}` : 'the server hangs'}, ${String(error)}`, { cause: error })
}

/** What took long, again and alone: a busy machine is no reason. */
async function repeatSlow (): Promise<{ repeated: number, maxAfterRepeats: number, slow: object[] }> {
  const found: object[] = []
  let max = refusals.reduce((max, time) => time > MAX_REFUSAL_TIME ? max : Math.max(max, time), 0)
  for (const input of slow) {
    let slowest = await repeat(input)
    for (let round = 1; round < ROUNDS && slowest.time > MAX_REFUSAL_TIME; round++) slowest = await repeat(input)
    max = Math.max(max, slowest.time)
    if (slowest.time > MAX_REFUSAL_TIME) found.push({ ...slowest, input: JSON.stringify(input).slice(0, 2000) })
  }
  return { repeated: slow.length, maxAfterRepeats: max, slow: found }
}

/** Of an input's refusals the one with the longest median. */
async function repeat (input: Input): Promise<Outcome> {
  const repeats: Outcome[][] = []
  for (let index = 0; index < REPEATS; index++) {
    await server.client.settle()
    repeats.push(await server.client.run(input).catch(error => { throw new Error(`repeating ${JSON.stringify(input).slice(0, 20_000)}`, { cause: error }) }))
  }
  return repeats[0]!
    .map((outcome, index) => ({ ...outcome, time: quantile(repeats.flatMap(outcomes => outcomes[index]?.time ?? []), 0.5) }))
    .filter(isRefusal)
    .reduce((slowest, outcome) => outcome.time > slowest.time ? outcome : slowest, { what: 'none', statusCode: 0, time: 0 })
}

/** The native side is gone a little later than the connections. */
async function settle (): Promise<Sample> {
  await server.client.settle()
  let sample = await ask()
  for (let turn = 0; turn < 1000 && sample.connections + sample.nativePeers > 0; turn++) sample = await ask()
  return sample
}

function findFailures (end: Sample | undefined, slow: object[]): string[] {
  const found = slow.slice(0, 10).map(input => `longer than ${MAX_REFUSAL_TIME} ms: ${JSON.stringify(input)}`)
  if (!end) return found
  found.push(...end.violations.map(violation => `reached the native side: ${violation}`), ...end.pollution.map(property => `a prototype has got ${property}`))
  if (end.connections + end.nativePeers > 0) found.push(`expected nothing to be left, found ${end.connections} connections and ${end.nativePeers} native peers`)
  return found
}

function quantile (values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? 0
}

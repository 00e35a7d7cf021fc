import { join } from 'node:path'
import t from 'tap'
import { runChild } from '../helpers/child.js'
import { within } from '../helpers/deadline.js'
import { EchoClient, startSupervised, type SupervisedWorker } from './supervised-child.js'

t.setTimeout(180_000)

/** Within what time a dead or frozen process is found, in milliseconds. */
const NOTICED = 3000

interface Harm {
  name: string
  harm (worker: SupervisedWorker): unknown
  complaints: RegExp
}

const NOTICED_BY_ITSELF = '(The native side is not well: expected two native peers to connect within 1500 ms\n)*'

const SILENT = new RegExp(`^${NOTICED_BY_ITSELF}Worker \\d has said nothing for 2100 ms: it is frozen, or gets no time of the processor\\.\\nWorker \\d ended with SIGKILL\\. The next one starts in \\d+ ms\\.$`)

const HARMS: Harm[] = [
  { name: 'is killed by SIGKILL', harm: ({ pid }) => process.kill(pid, 'SIGKILL'), complaints: endedWith('SIGKILL') },
  { name: 'is killed by SIGSEGV', harm: ({ pid }) => process.kill(pid, 'SIGSEGV'), complaints: endedWith('SIGSEGV') },
  { name: 'is asked to end by SIGTERM', harm: ({ pid }) => process.kill(pid, 'SIGTERM'), complaints: endedWith('exit code 0') },
  { name: 'has an event loop that does not turn', harm: fault('event-loop'), complaints: SILENT },
  { name: 'has native workers that are blocked', harm: fault('native-workers'), complaints: SILENT },
  { name: 'has native workers that go round in a circle', harm: fault('native-loop'), complaints: SILENT }
]

/** Those that are harmed take turns. */
const VICTIMS = 3

const supervised = await startSupervised(t, VICTIMS + 1)
const load = createLoad(supervised.workers[VICTIMS]!.origin)

for (const [index, { name, harm, complaints }] of HARMS.entries()) {
  t.test(`a worker that ${name} -> is replaced while another serves`, async t => {
    const number = index % VICTIMS
    const victim = supervised.workers[number]!
    const before = load.rounds
    const start = performance.now()
    harm(victim)

    const found: string[] = []
    do found.push(await supervised.complaint()); while (!found.at(-1)!.includes('ended'))
    const noticed = performance.now() - start
    t.throws(() => process.kill(victim.pid, 0), { code: 'ESRCH' })
    t.match(found.join('\n'), complaints)
    t.ok(noticed < NOTICED, `it is noticed after ${noticed.toFixed(0)} ms`)

    const next = await supervised.worker()
    const served = performance.now() - start
    t.equal(next.number, number, `the next one serves after ${served.toFixed(0)} ms`)
    supervised.workers[number] = next
    const client = await EchoClient.connect(t, next.origin)
    await client.echo()
    t.ok(load.rounds > before, `the other one has served ${load.rounds - before} clients meanwhile`)
  })
}

t.test('the other worker -> has served each of its clients', async t => {
  await load.stop()
  t.ok(load.rounds > 0)
})

t.test('a primary that is killed -> its workers end too, also with a frozen native side', async t => {
  const [{ origin }] = supervised.workers as [SupervisedWorker]
  t.equal((await fetch(`${origin}/faults/native-workers`, { method: 'POST' })).status, 200)
  supervised.child.process.kill('SIGKILL')
  // Its output ends with the last process that holds it.
  const { signal } = await within(supervised.child.ended, 'the end of the workers', 5000)
  t.equal(signal, 'SIGKILL')
  for (const { origin } of supervised.workers) await t.rejects(fetch(origin))
})

t.test('a worker that ends again and again -> the next one waits, each time twice as long', async t => {
  const { exitCode, stderr } = await runChild(new URL('supervised.ts', import.meta.url), { args: ['1', 'crashing-worker.ts'], env: { STARTS: join(t.testdir(), 'starts') } })
  t.same(stderr.trim().split('\n'), [250, 500, 1000].map(wait => `Worker 0 ended with exit code 3. The next one starts in ${wait} ms.`))
  t.equal(exitCode, 0)
})

function endedWith (what: string): RegExp {
  return new RegExp(`^${NOTICED_BY_ITSELF}Worker \\d ended with ${what}\\. The next one starts in \\d+ ms\\.$`)
}

/** The request that does it may never be answered. */
function fault (name: string): Harm['harm'] {
  return ({ origin }) => { fetch(`${origin}/faults/${name}`, { method: 'POST' }).catch(() => {}) }
}

/** Clients that connect, are answered and go, one after the other, until they are stopped. Rejects then if one of them was not served. */
function createLoad (origin: string): { readonly rounds: number, stop (): Promise<void> } {
  let rounds = 0
  const stopping = new AbortController()
  const run = async () => {
    while (!stopping.signal.aborted) {
      const client = await EchoClient.connect({ teardown () {} }, origin)
      // One first: in the very moment in which a channel opens, the native side may swap the messages that come.
      await client.echo()
      await client.echo(10)
      await client.farEnd.close()
      rounds++
    }
  }
  const running = run()
  running.catch(() => {})
  return {
    get rounds () { return rounds },
    stop () {
      stopping.abort()
      return running
    }
  }
}

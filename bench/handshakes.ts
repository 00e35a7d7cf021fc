/**
 * Handshakes a second through this plugin, over HTTP, beside node-datachannel by itself without HTTP, with so many under way at a time.
 * Each server has a process of its own, the far ends are in this one; the two take turns.
 *
 *   npm run bench:handshakes -- [--rounds 5] [--seconds 2] [1 8 32 100]
 */
import { parseArgs } from 'node:util'
import { report, type Rows } from './report.js'
import { connect, disconnect, startBare, startPlugin, type Signaling } from './signaling.js'
import { percentile } from './statistics.js'

interface Turn {
  rate: number
  /** From the request for an offer to the open channel, in milliseconds. */
  durations: number[]
  failed: number
}

const REFERENCE = 'node-datachannel'

const { values, positionals } = parseArgs({ allowPositionals: true, options: { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '2' } } })
const contestants: Record<string, Signaling> = { 'fastify-webrtc': await startPlugin(), [REFERENCE]: await startBare() }
const rows: Rows = {}
for (const atATime of positionals.length > 0 ? positionals.map(Number) : [1, 8, 32, 100]) {
  const turns: Record<string, Turn[]> = {}
  for (let round = 0; round <= Number(values.rounds); round++) {
    for (const [name, signaling] of Object.entries(contestants)) {
      const turn = await take(signaling, atATime, Number(values.seconds) * 1000)
      // The first round warms both ends up.
      if (round > 0) (turns[name] ??= []).push(turn)
    }
  }
  const rateOf = (name: string) => percentile(turns[name]!.map(({ rate }) => rate), 50)
  for (const [name, taken] of Object.entries(turns)) {
    const durations = taken.flatMap(({ durations }) => durations)
    rows[`${atATime} at a time, ${name}`] = {
      'a second': Math.round(rateOf(name)),
      'of the reference': (rateOf(name) / rateOf(REFERENCE)).toFixed(2),
      'p50 ms': percentile(durations, 50).toFixed(1),
      'p99 ms': percentile(durations, 99).toFixed(1),
      'longest ms': percentile(durations, 100).toFixed(0),
      handshakes: durations.length,
      failed: taken.reduce((sum, { failed }) => sum + failed, 0)
    }
  }
}
report('handshakes', 'Handshakes a second, with a far end in another process', rows)
for (const signaling of Object.values(contestants)) await signaling.end()

async function take (signaling: Signaling, atATime: number, time: number): Promise<Turn> {
  const durations: number[] = []
  let failed = 0
  const start = performance.now()
  await Promise.all(Array.from({ length: atATime }, async () => {
    while (performance.now() - start < time) {
      const started = performance.now()
      try {
        const farEnd = await connect(signaling)
        durations.push(performance.now() - started)
        await disconnect(signaling, farEnd)
      } catch {
        failed++
      }
    }
  }))
  return { rate: durations.length / (performance.now() - start) * 1000, durations, failed }
}

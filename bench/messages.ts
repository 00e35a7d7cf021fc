/**
 * Messages through the channels of this plugin, beside those of node-datachannel by itself: from the server, to the server, and one
 * there and back. Each server has a process of its own, the far ends are in this one; the two take turns.
 *
 *   npm run bench:messages -- [--rounds 5] [--seconds 2] [100 1024 65536]
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { NativeMessage } from '../test/helpers/native-peer.js'
import { report, type Rows } from './report.js'
import type { MessageCommand, MessageCount } from './servers/message-server.js'
import { connect, disconnect, startBare, startPlugin, type FarEnd, type Signaling } from './signaling.js'
import { percentile } from './statistics.js'

interface Turn {
  /** Messages a second. */
  rate: number
  /** Of the server for a message, in microseconds. */
  cpu: number
}

const REFERENCE = 'node-datachannel'
const MAX_BUFFERED = 512 * 1024
const TRIPS = 500

const { values, positionals } = parseArgs({ allowPositionals: true, options: { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '2' } } })
const seconds = Number(values.seconds)
const contestants: Record<string, Signaling> = { 'fastify-webrtc': await startPlugin(), [REFERENCE]: await startBare() }
const rows: Rows = {}

for (const size of positionals.length > 0 ? positionals.map(Number) : [100, 1024, 65536]) {
  for (const [direction, flood] of Object.entries({ 'from the server': receiveFlood, 'to the server': sendFlood })) {
    const turns = await takeTurns(farEnd => flood(farEnd, size))
    const rateOf = (name: string) => percentile(turns[name]!.map(({ rate }) => rate), 50)
    for (const [name, taken] of Object.entries(turns)) {
      rows[`${size} B ${direction}, ${name}`] = {
        'a second': Math.round(rateOf(name)),
        'MB a second': (rateOf(name) * size / 1e6).toFixed(1),
        'of the reference': (rateOf(name) / rateOf(REFERENCE)).toFixed(2),
        'worst, best round': [0, 100].map(percent => Math.round(percentile(taken.map(({ rate }) => rate), percent))).join(', '),
        'server CPU µs each': percentile(taken.map(({ cpu }) => cpu), 50).toFixed(1)
      }
    }
  }
}
const trips = await takeTurns(makeRoundTrips)
for (const [name, taken] of Object.entries(trips)) {
  const times = taken.flat()
  rows[`there and back, ${name}`] = {
    'p50 ms': percentile(times, 50).toFixed(3),
    'p99 ms': percentile(times, 99).toFixed(3),
    'of the reference': (percentile(times, 50) / percentile(trips[REFERENCE]!.flat(), 50)).toFixed(2)
  }
}
report('messages', 'Messages through one channel, the far end in another process', rows)
for (const signaling of Object.values(contestants)) await signaling.end()

/** What each contestant made of it in every round, with a connection of its own, but for the first round, which warms both ends up. */
async function takeTurns<Result> (take: (farEnd: FarEnd) => Promise<Result>): Promise<Record<string, Result[]>> {
  const results: Record<string, Result[]> = {}
  for (let round = 0; round <= Number(values.rounds); round++) {
    for (const [name, signaling] of Object.entries(contestants)) {
      const farEnd = await connect(signaling)
      const result = await take(farEnd)
      await disconnect(signaling, farEnd)
      if (round > 0) (results[name] ??= []).push(result)
    }
  }
  return results
}

async function receiveFlood (farEnd: FarEnd, size: number): Promise<Turn> {
  const before = await count(farEnd)
  let messages = 0
  listen(farEnd, () => { messages++ })
  command(farEnd, { name: 'send', size, seconds })
  const start = performance.now()
  await sleep(seconds * 1000)
  const rate = messages / (performance.now() - start) * 1000
  // What is under way comes before the answer.
  const after = await count(farEnd, () => { messages++ })
  return { rate, cpu: (after.cpu - before.cpu) / messages * 1000 }
}

async function sendFlood (farEnd: FarEnd, size: number): Promise<Turn> {
  const { channel: { native } } = farEnd
  const before = await count(farEnd)
  const message = Buffer.alloc(size)
  const start = performance.now()
  const fill = () => {
    while (performance.now() - start < seconds * 1000 && native.bufferedAmount() < MAX_BUFFERED) native.sendMessageBinary(message)
  }
  native.setBufferedAmountLowThreshold(MAX_BUFFERED / 2)
  native.onBufferedAmountLow(fill)
  fill()
  await sleep(seconds * 1000)
  const after = await count(farEnd)
  const messages = after.messages - before.messages
  return { rate: messages / (performance.now() - start) * 1000, cpu: (after.cpu - before.cpu) / messages * 1000 }
}

async function makeRoundTrips (farEnd: FarEnd): Promise<number[]> {
  const times: number[] = []
  for (let trip = 0; trip < TRIPS; trip++) {
    const start = performance.now()
    const back = nextText(farEnd)
    farEnd.channel.send('ping')
    await back
    times.push(performance.now() - start)
  }
  return times
}

async function count (farEnd: FarEnd, onOther?: () => void): Promise<MessageCount> {
  const text = nextText(farEnd, onOther)
  command(farEnd, { name: 'count' })
  return JSON.parse(await text)
}

function command ({ channel }: FarEnd, command: MessageCommand): void {
  channel.send(JSON.stringify(command))
}

function nextText (farEnd: FarEnd, onOther = () => {}): Promise<string> {
  return new Promise(resolve => listen(farEnd, message => {
    if (typeof message === 'string') resolve(message)
    else onOther()
  }))
}

/** In place of the helper, which keeps every message. */
function listen ({ channel }: FarEnd, listener: (message: NativeMessage) => void): void {
  channel.native.onMessage(listener)
}

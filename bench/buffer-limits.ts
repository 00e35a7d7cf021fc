/**
 * A channel that is full all the time: the server of the example datachannel-buffer-limits on a channel of this plugin, and on one of
 * node-datachannel by itself. The server is in this process, the far end, a raw one, in another; the two take turns.
 *
 *   npm run bench:buffer-limits -- [--rounds 5] [--megabytes 100]
 */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { crc32 } from 'node:zlib'
import { beforeOffer, connectionOptions } from '../examples/datachannel-buffer-limits/server.js'
import { CHANNEL, transfer, type Channel, type Summary } from '../examples/datachannel-buffer-limits/transfer.js'
import type { PeerConnection } from '../plugin/index.js'
import { NativePeer, withoutCandidates, type NativeChannel, type NativeMessage } from '../test/helpers/native-peer.js'
import { report, type Rows } from './report.js'
import { ConnectionManager } from './servers/compiled.js'
import { percentile } from './statistics.js'

const REFERENCE = 'node-datachannel'
const CHUNK_SIZE = 65536

/** Between this process and that of the far end. */
type Message = { offer: string } | { answer: string } | { candidates: string, megabytes: number } | Speeds

/** Of what goes to the server, and of what comes from it, in Mbit/s. */
interface Speeds {
  up: number
  down: number
}

/** A raw channel in the words that the example knows. */
class RawChannel extends EventTarget implements Channel {
  readonly #channel: NativeChannel
  #threshold = 0

  constructor (channel: NativeChannel) {
    super()
    this.#channel = channel
    channel.native.onMessage((data: NativeMessage) => {
      this.dispatchEvent(Object.assign(new Event('message'), { data: typeof data === 'string' ? data : (data as Buffer).buffer }))
    })
    channel.native.onBufferedAmountLow(() => this.dispatchEvent(new Event('bufferedamountlow')))
  }

  get bufferedAmount (): number {
    return this.#channel.native.bufferedAmount()
  }

  get bufferedAmountLowThreshold (): number {
    return this.#threshold
  }

  set bufferedAmountLowThreshold (bytes: number) {
    this.#threshold = bytes
    this.#channel.native.setBufferedAmountLowThreshold(bytes)
  }

  send (data: string | Uint8Array): void {
    this.#channel.send(data)
  }
}

const { values, positionals: [role] } = parseArgs({ allowPositionals: true, options: { rounds: { type: 'string', default: '5' }, megabytes: { type: 'string', default: '100' } } })
if (role === 'far-end') answer()
else await compare(Number(values.rounds), Number(values.megabytes))

async function compare (rounds: number, megabytes: number): Promise<void> {
  const contestants = { 'fastify-webrtc': servePlugin, [REFERENCE]: serveRaw }
  const found: Record<string, Speeds[]> = {}
  // The first round warms up.
  for (let round = 0; round <= rounds; round++) {
    for (const [name, serve] of Object.entries(contestants)) {
      const farEnd = fork(process.argv[1]!, ['far-end'], { execArgv: process.execArgv })
      const speeds = await serve(farEnd, megabytes)
      if (round > 0) (found[name] ??= []).push(speeds)
      farEnd.kill()
      await once(farEnd, 'close')
    }
  }
  const rows: Rows = {}
  for (const [direction, key] of [['to the server', 'up'], ['from the server', 'down']] as const) {
    const speedOf = (name: string) => percentile(found[name]!.map(speeds => speeds[key]), 50)
    for (const name of Object.keys(contestants)) {
      rows[`${direction}, ${name}`] = {
        'Mbit a second': Math.round(speedOf(name)),
        'of the reference': (speedOf(name) / speedOf(REFERENCE)).toFixed(2),
        'worst, best round': [0, 100].map(percent => Math.round(percentile(found[name]!.map(speeds => speeds[key]), percent))).join(', ')
      }
    }
  }
  report('buffer-limits', `${megabytes} MB each way through the example datachannel-buffer-limits, in chunks of 64 KiB`, rows, found)
  process.exit()
}

async function servePlugin (farEnd: ChildProcess, megabytes: number): Promise<Speeds> {
  const connections = new ConnectionManager({ bindAddress: '127.0.0.1', remoteCandidates: 'any', maxEventLoopDelay: Infinity, timeToConnected: 60_000, ...connectionOptions })
  const connection = await connections.createConnection({ hook: beforeOffer })
  const { sdp } = connection.localDescription!
  await connection.setRemoteDescription({ type: 'answer', sdp: await ask(farEnd, sdp) })
  const speeds = await reply<Speeds>(farEnd, { candidates: sdp, megabytes })
  connection.close()
  return speeds
}

async function serveRaw (farEnd: ChildProcess, megabytes: number): Promise<Speeds> {
  const peer = new NativePeer()
  const channel = new RawChannel(peer.createDataChannel('buffer-limits', CHANNEL))
  beforeOffer({ createDataChannel: () => channel } as unknown as PeerConnection)
  const sdp = peer.offer()
  peer.applyAnswer(await ask(farEnd, sdp))
  const speeds = await reply<Speeds>(farEnd, { candidates: sdp, megabytes })
  await peer.close()
  return speeds
}

async function ask (farEnd: ChildProcess, sdp: string): Promise<string> {
  return (await reply<{ answer: string }>(farEnd, { offer: withoutCandidates(sdp) })).answer
}

async function reply<Reply> (farEnd: ChildProcess, message: Message): Promise<Reply> {
  const replied = once(farEnd, 'message')
  farEnd.send(message)
  return (await replied)[0] as Reply
}

/** What the page does. */
function answer (): void {
  const peer = new NativePeer()
  let channel: NativeChannel
  process.on('disconnect', () => process.exit())
  process.on('message', async (message: Message) => {
    if ('offer' in message) {
      const answer = peer.answer(message.offer)
      channel = peer.createDataChannel('buffer-limits', CHANNEL)
      process.send!({ answer })
    }
    if ('candidates' in message) {
      peer.addCandidates(message.candidates)
      await channel.opened()
      process.send!(await sendBothWays(new RawChannel(channel), message.megabytes * 1e6))
    }
  })
}

async function sendBothWays (channel: RawChannel, size: number): Promise<Speeds> {
  const summaries: ((summary: Summary) => void)[] = []
  const next = () => new Promise<Summary>(resolve => summaries.push(resolve))
  let checksum = 0
  channel.addEventListener('message', event => {
    const { data } = event as MessageEvent<string | ArrayBuffer>
    if (typeof data === 'string') summaries.shift()!(JSON.parse(data))
    else checksum = crc32(new Uint8Array(data), checksum)
  })
  const [arrived, left] = [next(), next()]
  const start = performance.now()
  channel.send(JSON.stringify({ size, chunkSize: CHUNK_SIZE }))
  const sent = new Promise<Summary>(resolve => transfer(channel, { size, chunkSize: CHUNK_SIZE }, crc32, resolve))
  assertSame(await arrived, await sent)
  const middle = performance.now()
  assertSame(await left, { checksum })
  const speed = (milliseconds: number) => size * 8 / 1e3 / milliseconds
  return { up: speed(middle - start), down: speed(performance.now() - middle) }
}

function assertSame (one: Summary, other: Summary): void {
  if (one.checksum !== other.checksum) throw new Error('expected the bytes that were sent, found others')
}

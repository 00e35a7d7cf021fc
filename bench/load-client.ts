/** A client of the load bench, in a process of its own: its argument is the server's URL, then a JSON command a line, a JSON result a line. Ends with its input. */
import { Agent } from 'node:http'
import { createInterface } from 'node:readline'
import type { WebRtcConnection } from '../plugin/index.js'
import { answerOffer } from '../test/helpers/http-far-end.js'
import { NativePeer, type NativeChannel } from '../test/helpers/native-peer.js'
import { ask, type HttpAnswer } from './http-request.js'

/** Each lasts for so many seconds, but for `peers`. */
export interface Command {
  seconds: number
  /** Connects until there are so many, which stay. */
  peers?: number
  /** Connects so often a second, each to be deleted at once. */
  connects?: number
  /** Creates connections so often a second, without a far end, each to be deleted at once. */
  creates?: number
  /** Sends so many messages a second of `size` bytes, over all its peers. */
  messages?: number
  size?: number
  /** Asks for the unrelated route so often a second. */
  asks?: number
}

export interface Result {
  /** How often each status was answered to who asked for a connection. */
  statuses: Record<string, number>
  sent: number
  /** How long each answer of the unrelated route took, in milliseconds. */
  latencies: number[]
}

interface Peer {
  farEnd: NativePeer
  channel: NativeChannel
}

/** How often a rate is caught up with, in milliseconds. */
const TICK = 5

/** How many handshakes are under way at a time while peers are gathered. */
const AT_A_TIME = 16

/** A far end that the server does not read from fast enough has to wait, in bytes. */
const MAX_BUFFERED = 1e6

const [url = ''] = process.argv.slice(2)
const agent = new Agent({ keepAlive: true, maxSockets: 256 })
/** Sockets of their own: a connection that is refused slowly must not keep another one from being deleted. */
const deleteAgent = new Agent({ keepAlive: true, maxSockets: 256 })
const peers: Peer[] = []

createInterface({ input: process.stdin })
  .on('line', line => { obey(JSON.parse(line)) })
  .on('close', () => process.exit())

async function obey ({ seconds, peers: count = 0, connects, creates, messages, size = 0, asks }: Command): Promise<void> {
  const result: Result = { statuses: {}, sent: 0, latencies: [] }
  await Promise.all(Array.from({ length: AT_A_TIME }, async (_, index) => {
    for (let number = peers.length + index; number < count; number += AT_A_TIME) {
      const connected = await connect(result).catch(() => undefined)
      if (connected) peers.push(connected)
    }
  }))
  if (connects) await atRate(connects, seconds, () => connectAndDelete(result))
  if (creates) await atRate(creates, seconds, () => createAndDelete(result))
  if (asks) await atRate(asks, seconds, () => askUnrelated(result))
  const message = Buffer.alloc(size)
  if (messages) await atRate(messages, seconds, async () => send(result, message))
  console.log(JSON.stringify(result))
}

/** Settles when the time is over, whatever is still under way. */
async function atRate (rate: number, seconds: number, act: () => Promise<void>): Promise<void> {
  const start = performance.now()
  let done = 0
  await new Promise<void>(resolve => {
    const timer = setInterval(() => {
      const elapsed = (performance.now() - start) / 1000
      // What was missed while this process had no time is not made up for all at once.
      const due = Math.min(Math.floor(elapsed * rate) - done, Math.ceil(rate / 10))
      for (let number = 0; number < due; number++) act().catch(() => {})
      done = Math.floor(elapsed * rate)
      if (elapsed < seconds) return
      clearInterval(timer)
      resolve()
    }, TICK)
  })
}

async function connect (result: Result): Promise<Peer & { id: string } | undefined> {
  const created = await create(result)
  if (!created) return undefined
  // One port for all far ends of this process: what they cost is not to be measured.
  const farEnd = new NativePeer({ enableIceUdpMux: true })
  try {
    const channel = await answerOffer((path, body) => askServer('POST', path, body), created, farEnd, () => farEnd.createDataChannel('load', { negotiated: true, id: 0 }))
    await channel.opened()
    return { id: created.id, farEnd, channel }
  } catch (error) {
    count(result, 'not connected')
    await farEnd.close()
    throw error
  }
}

async function connectAndDelete (result: Result): Promise<void> {
  const connected = await connect(result)
  if (!connected) return
  await askServer('DELETE', `/connections/${connected.id}`)
  await connected.farEnd.close()
}

async function createAndDelete (result: Result): Promise<void> {
  const created = await create(result)
  if (created) await askServer('DELETE', `/connections/${created.id}`)
}

async function create (result: Result): Promise<WebRtcConnection | undefined> {
  const { status, text } = await askServer('POST', '/connections', {})
  count(result, status)
  return status === 201 ? JSON.parse(text) : undefined
}

async function askUnrelated (result: Result): Promise<void> {
  const start = performance.now()
  await askServer('GET', '/unrelated')
  result.latencies.push(performance.now() - start)
}

function send (result: Result, message: Buffer): void {
  const { channel } = peers[result.sent % peers.length]!
  if (channel.native.bufferedAmount() > MAX_BUFFERED) return
  channel.send(message)
  result.sent++
}

function count ({ statuses }: Result, status: string | number): void {
  statuses[status] = (statuses[status] ?? 0) + 1
}

function askServer (method: string, path: string, body?: unknown): Promise<HttpAnswer> {
  return ask(method, `${url}${path}`, { agent: method === 'DELETE' ? deleteAgent : agent, body })
}

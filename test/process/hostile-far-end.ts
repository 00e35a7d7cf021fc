/**
 * Runs in a process of its own: connects to the server, writes the connection's id, and does what the line says that it then
 * reads. Ends when the server closes.
 */
import { createInterface } from 'node:readline'
import type { WebRtcConnection } from '../../plugin/index.js'
import { NativePeer, withoutCandidates, type NativeChannel } from '../helpers/native-peer.js'

export interface HostileAct {
  /** Sends messages of so many bytes on so many channels, so many a second; Infinity, which is null in JSON, as many as it can. */
  flood?: { size: number, channels: number, perSecond: number | null, seconds: number }
  /** Opens so many channels and closes them, again and again. */
  churn?: number
  /** Sends so many messages, each when the answer to the one before is there; writes the median time in milliseconds. */
  ping?: number
}

const [url] = process.argv.slice(2)
const farEnd = new NativePeer({ maxMessageSize: 16 * 1024 * 1024 })
const created = await fetch(`${url}/connections`, { method: 'POST' })
const { id, localDescription } = await created.json() as WebRtcConnection
const { sdp } = localDescription!
const answer = farEnd.answer(withoutCandidates(sdp))
const echo = farEnd.createDataChannel('echo', { negotiated: true, id: 0 })
await fetch(`${url}/connections/${id}/remote-description`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ type: 'answer', sdp: answer }) })
farEnd.addCandidates(sdp)
await farEnd.connected()
await echo.opened()
console.log(id)
let isOver = false
farEnd.closed(120_000).then(end, end)

createInterface({ input: process.stdin })
  .on('line', line => { act(JSON.parse(line)).catch(error => { if (!isOver) throw error }) })
  .on('close', end)

async function act ({ flood, churn, ping }: HostileAct): Promise<void> {
  if (flood) {
    const channels = Array.from({ length: flood.channels }, (_, number) => farEnd.createDataChannel(`flooded ${number}`))
    await Promise.all(channels.map(channel => channel.opened()))
    await send(channels, new Uint8Array(flood.size), flood.perSecond ?? Infinity, flood.seconds)
    console.log('flooded')
  }
  if (churn) {
    let made = 0
    process.on('SIGUSR1', () => console.log(JSON.stringify({ made })))
    for (; !isOver; made += churn) {
      const channels = Array.from({ length: churn }, (_, number) => farEnd.createDataChannel(`short ${number}`))
      await new Promise(setImmediate)
      for (const channel of channels) channel.close()
      farEnd.channels.length = 0
      await new Promise(resolve => setTimeout(resolve, 1))
    }
  }
  if (ping) {
    const times = []
    const count = echo.received.length
    for (let number = 1; number <= ping; number++) {
      const start = performance.now()
      echo.send('ping')
      await echo.messages(count + number)
      times.push(performance.now() - start)
    }
    console.log(times.sort((a, b) => a - b)[ping >> 1])
  }
}

async function send (channels: NativeChannel[], message: Uint8Array, perSecond: number, seconds: number): Promise<void> {
  const start = performance.now()
  let sent = 0
  for (let time = 0; time < seconds * 1000 && !isOver; time = performance.now() - start) {
    const due = Math.min(perSecond * time / 1000, sent + 500)
    for (; sent < due && channels[0]!.native.bufferedAmount() < 1e6; sent++) {
      try {
        channels[sent % channels.length]!.send(message)
      } catch {
        return
      }
    }
    await new Promise(setImmediate)
  }
}

function end (): void {
  isOver = true
  process.exit()
}

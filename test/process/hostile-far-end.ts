/** Runs in a process of its own: connects to the server, writes the connection's id, and does what its input says, a JSON line each. Ends when the server closes, and with its input. */
import { createInterface } from 'node:readline'
import { answerOffer, createConnection, postTo } from '../helpers/http-far-end.js'
import { NativePeer, type NativeChannel } from '../helpers/native-peer.js'

export interface HostileAct {
  /** Sends messages of so many bytes on so many channels for so many seconds: so many a second, or as many as it can. Writes `flooded`. */
  flood?: { size: number, channels: number, seconds: number, perSecond?: number, label: string }
  /** Opens and closes so many channels, 20 at a time. */
  churn?: number
  /** Sends a message on the channel `echo` and waits for the answer, so often; writes the median time in milliseconds. */
  ping?: number
  /** Sends this on the channel `echo`, waits for the answer, and stops. */
  stopAfter?: string
}

const [url] = process.argv.slice(2)
const farEnd = new NativePeer()
const post = postTo(url!)
const connection = await createConnection(post)
const { echo, receiver } = await answerOffer(post, connection, farEnd, () => ({
  echo: farEnd.createDataChannel('echo', { negotiated: true, id: 0 }),
  receiver: farEnd.createDataChannel('receiver', { negotiated: true, id: 1 })
}))
await Promise.all([echo.opened(), receiver.opened()])
console.log(connection.id)
farEnd.closed(120_000).finally(() => process.exit())

createInterface({ input: process.stdin })
  .on('line', line => { act(JSON.parse(line)) })
  .on('close', () => process.exit())

async function act ({ flood, churn, ping, stopAfter }: HostileAct): Promise<void> {
  if (flood) {
    const channels = Array.from({ length: flood.channels }, (_, number) => farEnd.createDataChannel(`${flood.label} ${number}`))
    await Promise.all(channels.map(channel => channel.opened()))
    await send(channels, flood)
    for (const channel of channels) channel.close()
    console.log('flooded')
  }
  for (let made = 0; made < (churn ?? 0); made += 20) {
    const channels = Array.from({ length: 20 }, (_, number) => farEnd.createDataChannel(`fast ${number}`))
    await new Promise(setImmediate)
    for (const channel of channels) channel.close()
    farEnd.channels.length = 0
    await new Promise(setImmediate)
  }
  if (ping) {
    const times = []
    for (let number = 0; number < ping; number++) times.push(await roundTrip('ping'))
    console.log(times.sort((a, b) => a - b)[ping >> 1])
  }
  if (stopAfter) {
    await roundTrip(stopAfter)
    process.kill(process.pid, 'SIGSTOP')
  }
}

async function roundTrip (message: string): Promise<number> {
  const start = performance.now()
  const count = echo.received.length
  echo.send(message)
  await echo.messages(count + 1, 60_000)
  return performance.now() - start
}

async function send (channels: NativeChannel[], { size, seconds, perSecond = Infinity }: NonNullable<HostileAct['flood']>): Promise<void> {
  const message = new Uint8Array(size)
  const start = performance.now()
  let sent = 0
  for (let time = 0; time < seconds * 1000; time = performance.now() - start) {
    const due = Math.min(perSecond * time / 1000, sent + 500)
    for (; sent < due && channels[0]!.native.bufferedAmount() < 1e6; sent++) {
      try {
        channels[sent % channels.length]!.send(message)
      } catch {
        return // the server has closed
      }
    }
    await new Promise(setImmediate)
  }
}

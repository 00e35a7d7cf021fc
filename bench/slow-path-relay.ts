/**
 * The middle of a slow path, in a process of its own: what arrives at one port goes on to the other tunnel, so many milliseconds
 * later. Its argument is JSON. Writes a line when it is ready, and the packets since the last time for each line of its input;
 * ends with its input.
 */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fillChecksum } from './packet-checksum.js'
import { namePacket } from './packet-name.js'

interface RelayOptions {
  /** Of both tunnels. */
  address: string
  /** The client's, then the server's: the port of the tunnel, and the one here that it sends to. */
  ends: { tunnel: number, relay: number }[]
  /** Each way, in milliseconds. */
  delay: number
  /** Of a hundred packets. */
  loss: number
}

/** A packet that came by. */
export interface Relayed {
  /** When it left, in milliseconds. */
  time: number
  from: 'client' | 'server'
  name: string
  isLost: boolean
}

/** More than these are not kept. */
const MAX_KEPT = 10_000

const { address, ends, delay, loss }: RelayOptions = JSON.parse(process.argv[2]!)
const packets: Relayed[] = []
const sockets = ends.map(({ relay }) => createSocket('udp4').bind(relay))
await Promise.all(sockets.map(socket => once(socket, 'listening')))
sockets.forEach((socket, index) => {
  const other = 1 - index
  socket.on('message', frame => {
    const time = performance.now()
    const name = namePacket(frame)
    // Who does not know the other's hardware address has nothing to lose yet.
    const isLost = name !== undefined && Math.random() * 100 < loss
    if (name !== undefined && packets.length < MAX_KEPT) packets.push({ time, from: index === 0 ? 'client' : 'server', name, isLost })
    if (isLost) return
    fillChecksum(frame)
    at(time + delay, () => sockets[other]!.send(frame, ends[other]!.tunnel, address))
  })
})
console.log('ready')
createInterface({ input: process.stdin })
  .on('line', () => console.log(JSON.stringify(packets.splice(0))))
  .on('close', () => process.exit())

/** To a tenth of a millisecond: timers alone are up to one and a half late. */
function at (time: number, act: () => void): void {
  const wait = () => {
    if (performance.now() >= time) act()
    else setImmediate(wait)
  }
  setTimeout(wait, time - performance.now() - 1.5)
}

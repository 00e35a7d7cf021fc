/** Runs in a process of its own with --expose-gc: an application that keeps no reference to what it has made, and whether that is collected when it has ended. */
import { setTimeout as sleep } from 'node:timers/promises'
import { DEFAULT_PEER_LIMITS } from '../../plugin/peer/limits.js'
import { livePeerConnections } from '../../plugin/peer/native-connection.js'
import { PeerConnection } from '../../plugin/peer/peer-connection.js'
import { NativePeer } from '../helpers/native-peer.js'
import { offer } from '../helpers/peers.js'

const references: Record<string, WeakRef<object>> = {}
const announced: WeakRef<object>[] = []

/** Channels that the far end makes and closes. */
const SHORT = 50

/** What it makes is reachable by nobody when it has returned. */
function makeEcho (farEnd: NativePeer): void {
  const peerConnection = new PeerConnection({ ...DEFAULT_PEER_LIMITS, bindAddress: '127.0.0.1' }, error => { throw error })
  const channel = peerConnection.createDataChannel('ours')
  channel.addEventListener('message', ({ data, target }) => target.send(data))
  peerConnection.addEventListener('datachannel', ({ channel }) => {
    channel.addEventListener('message', ({ data, target }) => target.send(data))
    announced.push(new WeakRef(channel))
  })
  references.peerConnection = new WeakRef(peerConnection)
  references.ours = new WeakRef(channel)
  offer(peerConnection, farEnd)
}

async function collect (): Promise<void> {
  for (let round = 0; round < 5; round++) {
    await sleep(20)
    globalThis.gc!()
  }
}

const farEnd = new NativePeer()
makeEcho(farEnd)
await farEnd.connected()
const channels = [await farEnd.channel('ours'), farEnd.createDataChannel('theirs')]
await Promise.all(channels.map(channel => channel.opened()))
let answered = 0
for (let round = 1; round <= 3; round++) {
  await collect()
  for (const channel of channels) {
    channel.send('ping')
    answered += (await channel.messages(round)).length
  }
}
const whileConnected = held()

for (let number = 0; number < SHORT; number++) {
  const channel = farEnd.createDataChannel(`short ${number}`)
  await channel.opened()
  channel.close()
  await channel.closed()
}
await collect()
const closedAndHeld = held().length - whileConnected.length

await farEnd.close()
await collect()
console.log(JSON.stringify({ answered, whileConnected, announced: announced.length, closedAndHeld, afterwards: held(), live: livePeerConnections() }))

/** The names of what is still there, of the far end's channels a number. */
function held (): string[] {
  const all = [...Object.entries(references), ...Object.entries(announced)]
  return all.filter(([, reference]) => reference.deref()).map(([name]) => name)
}

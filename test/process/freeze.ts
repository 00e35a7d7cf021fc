/**
 * Runs in a process of its own: a far end opens channels and floods them while JavaScript computes, and so before it has seen
 * them; then JavaScript does what the argument names. A native side that blocks for ever takes the event loop with it.
 */
import { livePeerConnections } from '../../plugin/peer/native-connection.js'
import type { PeerConnection } from '../../plugin/peer/peer-connection.js'
import { block, createPeer, offer, createFarEnd, untilState } from '../helpers/peers.js'
import { connectSeparateFarEnd } from './separate-far-end.js'

const CHANNELS = 3

const closers: (() => unknown)[] = []
const t = { teardown: (close: () => unknown) => { closers.unshift(close) } }

const ACTIONS: Record<string, (peerConnection: PeerConnection) => unknown> = {
  'closes the peer': peerConnection => peerConnection.close(),
  'closes the peer in the next turn': async peerConnection => {
    await new Promise(setImmediate)
    peerConnection.close()
  },
  'closes a channel': peerConnection => peerConnection.createDataChannel('ours').close(),
  'makes another peer': async () => {
    const { peerConnection } = createPeer(t)
    offer(peerConnection, createFarEnd(t))
    await untilState(peerConnection, 'connected')
  }
}

const action = process.argv[2]!
if (action === 'list') {
  console.log(JSON.stringify(Object.keys(ACTIONS)))
} else {
  const { peerConnection } = createPeer(t)
  const farEnd = await connectSeparateFarEnd(peerConnection)
  for (let number = 0; number < CHANNELS; number++) farEnd.command({ flood: { label: `theirs ${number}`, isOwn: true, count: 4000, size: 10 } })
  // Lets go of the commands, and sees nothing of what they do.
  await new Promise(setImmediate)
  block(600)
  await ACTIONS[action]!(peerConnection)
  for (const close of closers) await close()
  farEnd.process.stdin!.end()
  await farEnd.ended
  console.log(`live ${livePeerConnections()}`)
}

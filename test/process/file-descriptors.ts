/** Runs in a process of its own that may have few file descriptors: makes offers until there is none left, then releases everything and makes one more. */
import { readdirSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { DEFAULT_PEER_LIMITS } from '../../plugin/peer/limits.js'
import { livePeerConnections } from '../../plugin/peer/native-connection.js'
import { PeerConnection } from '../../plugin/peer/peer-connection.js'
import { connectPeers, createFarEnd } from '../helpers/peers.js'
import { withoutCandidates } from '../helpers/native-peer.js'

const COUNT = 100
/** How often is looked at most, every tenth of a second. */
const LOOKS = 100

const reported: unknown[] = []
const closers: (() => unknown)[] = []
const t = { teardown: (close: () => unknown) => { closers.unshift(close) } }

// The native threads and what they poll with come with the first peer.
const offer = withoutCandidates(createFarEnd(t).offer())
await releaseAll([makePeer(() => {})])
const before = await countUnchanged()

const refused: Record<string, number> = {}
const peers = Array.from({ length: COUNT }, (_, index) => makePeer(peerConnection => {
  if (index % 2) peerConnection.setRemoteDescription({ type: 'offer', sdp: offer })
  peerConnection.setLocalDescription()
}))
const live = livePeerConnections()
await releaseAll(peers)
const after = await countAtRest(before)

await connectPeers(t)
for (const close of closers) await close()
console.log(JSON.stringify({ refused, live, before, after, liveInTheEnd: livePeerConnections(), reported: reported.map(String) }))

function makePeer (negotiate: (peerConnection: PeerConnection) => void): PeerConnection {
  const peerConnection = new PeerConnection({ ...DEFAULT_PEER_LIMITS, bindAddress: '127.0.0.1' }, error => reported.push(error))
  try {
    negotiate(peerConnection)
  } catch (error) {
    const { name } = error as Error
    refused[name] = (refused[name] ?? 0) + 1
  }
  return peerConnection
}

async function releaseAll (peers: PeerConnection[]): Promise<void> {
  await Promise.all(peers.map(peerConnection => peerConnection.release()))
}

/** The native threads close a socket a little after its peer has gone. */
async function countAtRest (expected: number): Promise<number> {
  for (let look = 0; look < LOOKS && countDescriptors() > expected; look++) await setTimeout(100)
  return countDescriptors()
}

/** What opens a file for a moment, as native threads and the loader of modules do, has closed it by the next look. */
async function countUnchanged (): Promise<number> {
  let count = countDescriptors()
  for (let look = 0; look < LOOKS; look++) {
    await setTimeout(100)
    const last = count
    count = countDescriptors()
    if (count === last) break
  }
  return count
}

function countDescriptors (): number {
  return readdirSync('/proc/self/fd').length
}

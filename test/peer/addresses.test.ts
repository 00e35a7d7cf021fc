import t, { type Test } from 'tap'
import type { PeerConfiguration } from '../../plugin/peer/native.js'
import { livePeerConnections } from '../../plugin/peer/native-connection.js'
import type { PeerConnection } from '../../plugin/peer/peer-connection.js'
import { withoutCandidates } from '../helpers/native-peer.js'
import { connectPeers, createFarEnd, createPeer, DIRECTIONS, offer, untilState } from '../helpers/peers.js'
import { freePort, takePort } from '../helpers/udp-port.js'

const NEGOTIATIONS: Record<keyof typeof DIRECTIONS, (t: Test, peerConnection: PeerConnection) => void> = {
  offer: (_t, peerConnection) => peerConnection.setLocalDescription(),
  answer: (t, peerConnection) => {
    peerConnection.setRemoteDescription({ type: 'offer', sdp: withoutCandidates(createFarEnd(t).offer()) })
    peerConnection.setLocalDescription()
  }
}

/** Configurations that leave a peer without a socket, with the port that is taken. */
const IMPOSSIBLE: Record<string, (port: number) => PeerConfiguration> = {
  'a taken udpPort': port => ({ udpPort: port }),
  'a port range of taken ports': port => ({ portRange: { begin: port, end: port } }),
  'a bindAddress of another machine': () => ({ bindAddress: '192.0.2.1' })
}

for (const [name, configure] of Object.entries(IMPOSSIBLE)) {
  for (const [direction, negotiate] of Object.entries(NEGOTIATIONS)) {
    t.test(`the ${direction} of a peer with ${name} throws the native error, and the peer can be released`, async t => {
      const before = livePeerConnections()
      const { peerConnection, errors } = createPeer(t, configure(await takePort(t)))
      t.throws(() => negotiate(t, peerConnection), { name: direction === 'offer' ? 'OperationError' : 'Error' }, 'not an InvalidAccessError: what the far end described is not to blame')
      await peerConnection.release()
      t.equal(peerConnection.connectionState, 'closed')
      t.equal(livePeerConnections(), before)
      t.same(errors, [])
    })
  }
}

t.test('a bindAddress that is no address throws when it is to be bound', async t => {
  const { peerConnection } = createPeer(t, { bindAddress: 'not an address' })
  t.throws(() => peerConnection.setLocalDescription(), { name: 'OperationError' })
})

t.test('peers with a port range use a port each, and the port is free soon after the release', async t => {
  const port = await freePort()
  const configuration = { portRange: { begin: port, end: port } }
  for (let round = 0; round < 3; round++) {
    const peerConnection = await offerOnFreedPort(t, configuration)
    t.match(peerConnection.localDescription!.sdp, new RegExp(`^a=candidate:.* 127\\.0\\.0\\.1 ${port} typ host`, 'm'))
    t.throws(() => createPeer(t, configuration).peerConnection.setLocalDescription(), { name: 'OperationError' })
    await peerConnection.release()
  }
})

t.test('peers with one udpPort connect over it, all at a time', async t => {
  const udpPort = await freePort()
  const peers = Array.from({ length: 3 }, () => ({ ...createPeer(t, { udpPort }), farEnd: createFarEnd(t) }))
  for (const { peerConnection, farEnd } of peers) offer(peerConnection, farEnd)
  await Promise.all(peers.map(({ peerConnection, farEnd }) => Promise.all([untilState(peerConnection, 'connected'), farEnd.connected()])))
  for (const { peerConnection } of peers) t.match(peerConnection.localDescription!.sdp, new RegExp(`^a=candidate:.* ${udpPort} typ host`, 'm'))
})

t.test('a peer without a bindAddress binds addresses that others can reach, none of loopback', async t => {
  const { peerConnection } = createPeer(t, { bindAddress: undefined })
  peerConnection.setLocalDescription()
  t.notMatch(peerConnection.localDescription!.sdp, / 127\.0\.0\.1 \d+ typ host/)
  await connectPeers(t)
})

/** A native thread closes the socket of a released peer, a little after it has said that the peer is closed. */
async function offerOnFreedPort (t: Test, configuration: PeerConfiguration): Promise<PeerConnection> {
  for (const end = performance.now() + 5000; ;) {
    const { peerConnection } = createPeer(t, configuration)
    try {
      peerConnection.setLocalDescription()
      return peerConnection
    } catch (error) {
      await peerConnection.release()
      if (performance.now() > end) throw error
    }
  }
}

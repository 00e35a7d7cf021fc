import t, { type Test } from 'tap'
import type { PeerConnection } from '../../plugin/peer/peer-connection.js'
import { block, connectChannels, connectPeers, createFarEnd, createPeer, DIRECTIONS, next, recordStates, replacePeerConnection, untilState } from '../helpers/peers.js'

for (const [direction, negotiate] of Object.entries(DIRECTIONS)) {
  const description = direction === 'offer' ? 'have-local-offer' : 'have-remote-offer'

  t.test(`a peer that makes the ${direction} goes through the states of W3C, in order, and ends with closed`, async t => {
    const farEnd = createFarEnd(t)
    const { peerConnection, errors } = createPeer(t)
    const states = recordStates(peerConnection)
    peerConnection.createDataChannel('label')
    t.same(statesOf(peerConnection), ['new', 'new', 'new', 'stable'])

    negotiate(peerConnection, farEnd)
    await Promise.all([farEnd.connected(), untilState(peerConnection, 'connected')])
    t.same(statesOf(peerConnection), ['connected', 'connected', 'complete', 'stable'])

    await peerConnection.release()
    t.same(statesOf(peerConnection), ['closed', 'closed', 'complete', 'closed'])
    t.same(states.connectionState, ['connecting', 'connected', 'closed'])
    t.match(states.iceConnectionState.join(), /^checking,connected,closed$/)
    t.same(states.iceGatheringState, ['complete'])
    t.same(states.signalingState, [description, 'stable', 'closed'])
    t.same(errors, [])
  })

  t.test(`a far end that closes after the ${direction} makes the peer disconnected, then closed`, async t => {
    const { peerConnection, farEnd } = await connectPeers(t, undefined, negotiate)
    const states = recordStates(peerConnection)
    t.notOk(peerConnection.wasClosedByPeer)
    await farEnd.close()
    await untilState(peerConnection, 'closed')
    t.same(states.connectionState, ['disconnected', 'closed'])
    t.equal(states.iceConnectionState.at(-1), 'closed')
    t.same(states.signalingState, ['closed'])
    t.ok(peerConnection.wasClosedByPeer)
  })
}

t.test('a peer that is closed by the application was not closed by the far end', async t => {
  const { peerConnection } = await connectPeers(t)
  peerConnection.close()
  await peerConnection.release()
  t.notOk(peerConnection.wasClosedByPeer)
})

t.test('an offer that nobody answers leaves the peer new: there is nobody to connect to', async t => {
  const { peerConnection } = createPeer(t)
  const states = recordStates(peerConnection)
  peerConnection.setLocalDescription()
  await new Promise(setImmediate)
  t.same(statesOf(peerConnection), ['new', 'new', 'complete', 'have-local-offer'])
  t.same(states, { connectionState: [], iceConnectionState: [], iceGatheringState: ['complete'], signalingState: ['have-local-offer'] })
})

t.test('an offer that is kept and not yet answered leaves the peer new', async t => {
  const { peerConnection } = createPeer(t)
  peerConnection.setRemoteDescription({ type: 'offer', sdp: createFarEnd(t).offer() })
  t.same(statesOf(peerConnection), ['new', 'new', 'new', 'have-remote-offer'])
})

t.test('a peer with a STUN server that does not answer is gathering, and has its host candidates meanwhile', async t => {
  const { peerConnection } = createPeer(t, { iceServers: [{ urls: 'stun:127.0.0.1:9' }] })
  const states = recordStates(peerConnection)
  peerConnection.setLocalDescription()
  t.equal(peerConnection.iceGatheringState, 'gathering')
  t.match(peerConnection.localDescription!.sdp, 'typ host')
  await new Promise(setImmediate)
  await peerConnection.release()
  t.same(states.iceGatheringState, ['gathering'])
  t.match(peerConnection.localDescription!.sdp, 'typ host', 'and keeps its description after close')
})

t.test('a peer that was never used closes with the events of any other', async t => {
  const { peerConnection } = createPeer(t)
  const states = recordStates(peerConnection)
  await peerConnection.release()
  t.same(states, { connectionState: ['closed'], iceConnectionState: ['closed'], iceGatheringState: [], signalingState: ['closed'] })
})

for (const lost of ['disconnected', 'failed']) {
  t.test(`a peer that is ${lost}, and its ICE transport with it, is so after the messages that arrived before`, async t => {
    const native = captureCallbacks(t)
    const { channel, farChannel, peerConnection } = await connectChannels(t)
    const events: string[] = []
    channel.onmessage = () => events.push('message')
    const changed = next(peerConnection, 'iceconnectionstatechange')
    peerConnection.oniceconnectionstatechange = () => events.push(peerConnection.iceConnectionState)
    farChannel.send('message')
    block(50)
    native.onStateChange(lost)
    await changed
    t.same(events, ['message', lost])
  })
}

t.test('what the native side says again, or after close, changes nothing', async t => {
  const native = captureCallbacks(t)
  const { peerConnection } = await connectPeers(t)
  const states = recordStates(peerConnection)
  native.onStateChange('connected')
  native.onGatheringStateChange('complete')
  t.same(states, { connectionState: [], iceConnectionState: [], iceGatheringState: [], signalingState: [] })

  peerConnection.close()
  native.onStateChange('connected')
  native.onStateChange('failed')
  native.onGatheringStateChange('complete')
  await peerConnection.release()
  t.same(states, { connectionState: ['closed'], iceConnectionState: ['closed'], iceGatheringState: [], signalingState: ['closed'] })
})

t.test('the handler properties of a peer are called like listeners', async t => {
  const farEnd = createFarEnd(t)
  const { peerConnection } = createPeer(t)
  const events: string[] = []
  const keep = ({ type, target }: { type: string, target: PeerConnection }) => { if (target === peerConnection) events.push(type) }
  peerConnection.onconnectionstatechange = keep
  peerConnection.oniceconnectionstatechange = keep
  peerConnection.onicegatheringstatechange = keep
  peerConnection.onsignalingstatechange = keep
  DIRECTIONS.offer(peerConnection, farEnd)
  await untilState(peerConnection, 'connected')
  t.same([...new Set(events)].sort(), ['connectionstatechange', 'iceconnectionstatechange', 'icegatheringstatechange', 'signalingstatechange'])
})

function statesOf ({ connectionState, iceConnectionState, iceGatheringState, signalingState }: PeerConnection): string[] {
  return [connectionState, iceConnectionState, iceGatheringState, signalingState]
}

type Callback = (state: string) => void

/** What the next peer gives to the library, for a test to call. */
function captureCallbacks (t: Test): Record<'onStateChange' | 'onGatheringStateChange', Callback> {
  const callbacks = { onStateChange: (_state: string) => {}, onGatheringStateChange: (_state: string) => {} }
  replacePeerConnection(t, PeerConnection => class extends PeerConnection {
    override onStateChange (callback: Callback) { super.onStateChange(callbacks.onStateChange = callback) }
    override onGatheringStateChange (callback: Callback) { super.onGatheringStateChange(callbacks.onGatheringStateChange = callback) }
  })
  return callbacks
}

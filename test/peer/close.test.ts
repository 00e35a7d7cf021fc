import t from 'tap'
import { livePeerConnections } from '../../plugin/peer/native-connection.js'
import type { PeerConnection } from '../../plugin/peer/peer-connection.js'
import { signal, within } from '../helpers/deadline.js'
import type { NativeChannel } from '../helpers/native-peer.js'
import { block, connectChannels, connectPeers, createFarEnd, createPeer, next, offer, untilState } from '../helpers/peers.js'

/** A far end that sends as long as it can. */
function flood (farChannel: NativeChannel): void {
  try {
    for (let sent = 0; sent < 100 && farChannel.native.bufferedAmount() < 1e6; sent++) farChannel.send('flood')
  } catch {
    return
  }
  setImmediate(flood, farChannel)
}

async function isReleased (peerConnection: PeerConnection): Promise<void> {
  await within(peerConnection.release(), 'the release', 3000)
}

t.test('close within a message listener, under a flood: no message after it, released at once', async t => {
  const { channel, farChannel, peerConnection, errors } = await connectChannels(t)
  let received = 0
  const closed = signal()
  channel.onmessage = () => {
    received++
    peerConnection.close()
    closed.resolve()
  }
  flood(farChannel)
  await within(closed.promise, 'a message')
  await isReleased(peerConnection)
  t.equal(received, 1)
  t.same(errors, [])
})

t.test('channel.close within a message listener, under a flood: no message after it, and the channel closes', async t => {
  const { channel, farChannel, errors } = await connectChannels(t)
  let received = 0
  const closed = next(channel, 'close')
  channel.onmessage = () => {
    received++
    channel.close()
  }
  flood(farChannel)
  await Promise.all([closed, farChannel.closed()])
  t.equal(received, 1)
  t.same(errors, [])
})

t.test('close under a flood while the application computes: released at once', async t => {
  const { farChannel, peerConnection, errors } = await connectChannels(t)
  for (let sent = 0; sent < 5000; sent++) farChannel.send('flood')
  block(100)
  await isReleased(peerConnection)
  t.same(errors, [])
})

t.test('close within a datachannel listener: the channel is closed and announces nothing more', async t => {
  const { peerConnection, farEnd, errors } = await connectPeers(t)
  const events: string[] = []
  peerConnection.ondatachannel = ({ channel }) => {
    for (const type of ['open', 'message', 'closing', 'close'] as const) channel.addEventListener(type, () => events.push(type))
    peerConnection.close()
    t.equal(channel.readyState, 'closed')
  }
  farEnd.createDataChannel('theirs').send('at once')
  await untilState(peerConnection, 'closed')
  await isReleased(peerConnection)
  t.same(events, ['close'])
  t.same(errors, [])
})

t.test('channel.close within a datachannel listener refuses the channel', async t => {
  const { peerConnection, farEnd, errors } = await connectPeers(t)
  const closed = signal()
  const events: string[] = []
  peerConnection.ondatachannel = ({ channel }) => {
    for (const type of ['open', 'message', 'closing', 'close'] as const) channel.addEventListener(type, () => events.push(type))
    channel.addEventListener('close', () => closed.resolve())
    channel.close()
  }
  const farChannel = farEnd.createDataChannel('theirs')
  farChannel.send('at once')
  await Promise.all([within(closed.promise, 'the close event'), farChannel.closed()])
  t.same(events, ['close'])
  t.same(errors, [])
})

for (const state of ['connecting', 'connected'] as const) {
  t.test(`close within a connectionstatechange listener that finds ${state}`, async t => {
    const farEnd = createFarEnd(t)
    const { peerConnection, errors } = createPeer(t)
    const channel = peerConnection.createDataChannel('label')
    const states: string[] = []
    peerConnection.onconnectionstatechange = () => {
      states.push(peerConnection.connectionState)
      if (peerConnection.connectionState === state) peerConnection.close()
    }
    offer(peerConnection, farEnd)
    await untilState(peerConnection, 'closed')
    await isReleased(peerConnection)
    t.same(states, state === 'connecting' ? ['connecting', 'closed'] : ['connecting', 'connected', 'closed'])
    t.equal(channel.readyState, 'closed')
    t.same(errors, [])
  })
}

for (const type of ['signalingstatechange', 'icegatheringstatechange'] as const) {
  t.test(`close within a ${type} listener of the offer`, async t => {
    const { peerConnection, errors } = createPeer(t)
    peerConnection.addEventListener(type, () => peerConnection.close())
    peerConnection.setLocalDescription()
    t.equal(peerConnection.signalingState, 'closed')
    await isReleased(peerConnection)
    t.same(errors, [])
  })
}

t.test('close within a close listener of one of its channels, and within its own events', async t => {
  const { channel, peerConnection, errors } = await connectChannels(t)
  let closes = 0
  channel.onclose = () => {
    closes++
    peerConnection.close()
    channel.close()
  }
  peerConnection.onconnectionstatechange = () => peerConnection.close()
  peerConnection.onsignalingstatechange = () => peerConnection.close()
  peerConnection.close()
  await isReleased(peerConnection)
  t.equal(closes, 1)
  t.same(errors, [])
})

t.test('close and release called again do nothing more, before and after the release', async t => {
  const { peerConnection } = await connectPeers(t)
  let changes = 0
  peerConnection.onconnectionstatechange = () => { changes++ }
  peerConnection.close()
  peerConnection.close()
  t.equal(peerConnection.release(), peerConnection.release())
  await isReleased(peerConnection)
  peerConnection.close()
  await isReleased(peerConnection)
  t.equal(changes, 1)
})

t.test('a peer whose close the application has replaced is closed by release all the same', async t => {
  const { peerConnection } = await connectPeers(t)
  let calls = 0
  peerConnection.close = () => { calls++ }
  await isReleased(peerConnection)
  t.equal(peerConnection.connectionState, 'closed')
  t.equal(calls, 0)
})

t.test('after close a peer and its channels tell their last states and are not to be used', async t => {
  const { peerConnection, channel } = await connectChannels(t)
  await peerConnection.release()
  t.match(peerConnection, { connectionState: 'closed', iceConnectionState: 'closed', signalingState: 'closed', localDescription: { type: 'offer' }, remoteDescription: { type: 'answer' } })
  t.match(channel, { readyState: 'closed', label: 'channel', bufferedAmount: 0 })
  t.type(channel.id, 'number')
  t.throws(() => channel.send('late'), { name: 'InvalidStateError' })
  t.throws(() => peerConnection.createDataChannel('late'), { name: 'InvalidStateError' })
})

t.test('a far end that opens and floods a channel while the peer closes: released at once, without the process freezing', async t => {
  const { peerConnection, farEnd, errors } = await connectPeers(t)
  let announced = 0
  peerConnection.ondatachannel = () => { announced++ }
  for (const label of ['one', 'two', 'three']) {
    const farChannel = farEnd.createDataChannel(label)
    for (let sent = 0; sent < 2000; sent++) farChannel.send('flood')
  }
  block(200)
  peerConnection.close()
  await isReleased(peerConnection)
  t.equal(announced, 0, 'nothing is announced after close')
  t.same(errors, [])
})

t.test('a far end that opens and closes 500 channels leaves none of them behind', async t => {
  const { peerConnection, farEnd, errors } = await connectPeers(t, undefined, undefined, undefined, { maxDataChannels: 512, maxMessagesPerSecond: Infinity })
  let opened = 0
  let closed = 0
  const done = signal()
  peerConnection.ondatachannel = ({ channel }) => {
    opened++
    channel.onclose = () => { if (++closed === 500) done.resolve() }
  }
  for (let made = 0; made < 500; made += 50) {
    const channels = Array.from({ length: 50 }, (_, index) => farEnd.createDataChannel(`channel ${made + index}`))
    await Promise.all(channels.map(channel => channel.opened()))
    for (const channel of farEnd.channels.splice(0)) channel.close()
  }
  await within(done.promise, '500 channels to close', 20_000)
  t.equal(opened, 500)
  const before = livePeerConnections()
  await isReleased(peerConnection)
  t.equal(livePeerConnections(), before - 1)
  t.same(errors, [])
})

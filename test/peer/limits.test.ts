import t from 'tap'
import type { DataChannel } from '../../plugin/peer/data-channel.js'
import { DEFAULT_PEER_LIMITS, type PeerLimits } from '../../plugin/peer/limits.js'
import { PeerConnection } from '../../plugin/peer/peer-connection.js'
import { signal, within } from '../helpers/deadline.js'
import { withoutCandidates, type NativeChannel, type NativePeer } from '../helpers/native-peer.js'
import { block, connectChannels, connectPeers, createFarEnd, next, offer, recordEvents, untilState } from '../helpers/peers.js'

/** To a far end that heeds no announcement of the largest message. */
function offerWithoutSize (peerConnection: PeerConnection, farEnd: NativePeer): void {
  peerConnection.setLocalDescription()
  const { sdp } = peerConnection.localDescription!
  const answer = farEnd.answer(withoutCandidates(sdp).replace(/max-message-size:\d+/, 'max-message-size:262144'))
  peerConnection.setRemoteDescription({ type: 'answer', sdp: answer })
  farEnd.addCandidates(sdp)
}

async function connectFarChannel (t: Parameters<typeof connectPeers>[0], limits: PeerLimits, negotiate?: Parameters<typeof connectPeers>[2]) {
  const peers = await connectPeers(t, undefined, negotiate, undefined, limits)
  const announced = next(peers.peerConnection, 'datachannel')
  const farChannel = peers.farEnd.createDataChannel('theirs')
  const [{ channel }] = await Promise.all([announced, farChannel.opened()])
  return { ...peers, channel, farChannel }
}

/** Before the far end closes there is an error in a native send that is on its way. */
function trySend (channel: NativeChannel, message: string | Uint8Array): boolean {
  try {
    channel.send(message)
    return true
  } catch {
    return false
  }
}

t.test('maxMessageSize is announced, and no larger message is sent', async t => {
  const { channel, peerConnection } = await connectChannels(t, undefined, undefined, undefined, { maxMessageSize: 1000 })
  t.match(peerConnection.localDescription!.sdp, /^a=max-message-size:1000\r$/m)
  t.throws(() => channel.send(new Uint8Array(1001)), { name: 'TypeError', message: 'send: expected at most 1000 bytes, found 1001' })
})

const TOO_LARGE: Record<string, string | Uint8Array> = {
  'a string of one byte too many': 'x'.repeat(1001),
  'a binary message of one byte too many': Buffer.alloc(1001),
  'a large string': `x${'é'.repeat(20_000)}`,
  'a large binary message': Buffer.alloc(60_000)
}

for (const [name, message] of Object.entries(TOO_LARGE)) {
  t.test(`${name}, beyond maxMessageSize -> the connection ends, without a message event; what is as large as it may be arrives`, async t => {
    const { channel, farChannel, peerConnection, exceeded, errors } = await connectFarChannel(t, { maxMessageSize: 1000 }, offerWithoutSize)
    const events = recordEvents(channel)
    const arrived = next(channel, 'message')
    farChannel.send(typeof message === 'string' ? 'x'.repeat(1000) : Buffer.alloc(1000))
    await arrived
    farChannel.send(message)
    await untilState(peerConnection, 'closed')
    t.same(exceeded, ['maxMessageSize'])
    t.same(events, ['message open', 'close closed'])
    t.same(errors, [])
    t.notOk(peerConnection.wasClosedByPeer)
  })
}

const RATES: Record<string, { limits: PeerLimits, exceeded: string[], size: number }> = {
  'messages beyond maxMessagesPerSecond': { limits: { maxMessagesPerSecond: 100 }, exceeded: ['maxMessagesPerSecond'], size: 1 },
  'bytes beyond maxBytesPerSecond': { limits: { maxBytesPerSecond: 100_000 }, exceeded: ['maxBytesPerSecond'], size: 10_000 },
  'messages beyond maxQueuedAmount': { limits: { maxQueuedAmount: 100_000 }, exceeded: ['maxQueuedAmount'], size: 10_000 }
}

for (const [name, { limits, exceeded, size }] of Object.entries(RATES)) {
  t.test(`${name}, over two channels -> the connection ends`, async t => {
    const peers = await connectFarChannel(t, limits)
    let received = 0
    const listen = (channel: DataChannel) => {
      channel.onmessage = () => {
        received++
        if (limits.maxQueuedAmount) block(5)
      }
    }
    listen(peers.channel)
    peers.peerConnection.ondatachannel = ({ channel }) => listen(channel)
    const another = peers.farEnd.createDataChannel('another')
    await another.opened()
    for (let sent = 0; sent < 200; sent++) {
      if (!trySend(sent % 2 ? another : peers.farChannel, Buffer.alloc(size))) break
    }
    await untilState(peers.peerConnection, 'closed')
    t.same(peers.exceeded, exceeded)
    t.ok(received < 200, `expected less than 200 messages, found ${received}`)
    t.same(peers.errors, [])
    await peers.peerConnection.release()
  })
}

t.test('a far end that keeps below its limits -> stays', async t => {
  const { channel, farChannel, peerConnection, exceeded } = await connectFarChannel(t, { maxMessagesPerSecond: 1000 })
  const all = signal()
  let received = 0
  channel.onmessage = () => { if (++received === 900) all.resolve() }
  for (let sent = 0; sent < 900; sent++) farChannel.send('message')
  await within(all.promise, '900 messages')
  t.same(exceeded, [])
  t.equal(peerConnection.connectionState, 'connected')
})

t.test('a channel beyond maxDataChannels -> closed and never announced; when one has closed another may be made', async t => {
  const { channel, farEnd, peerConnection, exceeded, errors, farChannel } = await connectFarChannel(t, { maxDataChannels: 2 })
  const announced: string[] = []
  peerConnection.ondatachannel = ({ channel }) => { announced.push(channel.label) }
  const channels = Array.from({ length: 5 }, (_, number) => farEnd.createDataChannel(`channel ${number}`))
  for (const channel of channels.slice(1)) {
    trySend(channel, 'nobody hears')
    await channel.closed()
  }
  t.same(announced, ['channel 0'])
  t.same(exceeded, ['maxDataChannels'])
  t.equal(peerConnection.connectionState, 'connected')

  const hasClosed = next(channel, 'close')
  farChannel.close()
  await hasClosed
  const another = farEnd.createDataChannel('another')
  const arrived = signal<unknown>()
  peerConnection.ondatachannel = ({ channel }) => { channel.onmessage = ({ data }) => arrived.resolve(data) }
  await another.opened()
  another.send('heard')
  t.equal(await within(arrived.promise, 'a message'), 'heard')
  t.same(errors, [])
})

t.test('a channel beyond maxDataChannels that the far end opens and closes before the event loop turns -> nobody hears of it, and the peer is released', async t => {
  const { farEnd, peerConnection, exceeded, errors } = await connectPeers(t, undefined, undefined, undefined, { maxDataChannels: 0 })
  peerConnection.ondatachannel = () => t.fail('expected no datachannel event')
  const farChannel = farEnd.createDataChannel('short')
  block(50)
  farChannel.close()
  block(50)
  await farEnd.createDataChannel('another').closed()
  await within(peerConnection.release(), 'the release')
  t.same(exceeded, ['maxDataChannels'])
  t.same(errors, [])
})

t.test('40 channels -> 16 are announced, and the connection goes on', async t => {
  const { farEnd, peerConnection, exceeded, errors } = await connectPeers(t)
  let announced = 0
  peerConnection.ondatachannel = () => { announced++ }
  const channels = Array.from({ length: 40 }, (_, number) => farEnd.createDataChannel(`${number}`))
  await Promise.all(channels.slice(16).map(channel => channel.closed()))
  t.equal(announced, 16)
  t.same(exceeded, ['maxDataChannels'])
  t.equal(peerConnection.connectionState, 'connected')
  t.same(errors, [])
  await within(peerConnection.release(), 'the release')
})

t.test('500 channels, as many as there may be -> announced, and the connection goes on', async t => {
  const { farEnd, peerConnection, exceeded } = await connectPeers(t, undefined, undefined, undefined, { maxDataChannels: 512 })
  const announced = signal()
  let count = 0
  peerConnection.ondatachannel = () => { if (++count === 500) announced.resolve() }
  for (let made = 0; made < 500; made++) farEnd.createDataChannel(`${made}`)
  await within(announced.promise, '500 channels')
  t.same(exceeded, [])
  await within(peerConnection.release(), 'the release')
})

for (const [name, count, limits] of [['50 in a second', 500, {}], ['maxMessagesPerSecond', 20, { maxMessagesPerSecond: 10 }]] as const) {
  t.test(`channels beyond ${name} -> the connection ends`, async t => {
    const { farEnd, peerConnection, exceeded } = await connectPeers(t, undefined, undefined, undefined, limits)
    for (let made = 0; made < count; made++) farEnd.createDataChannel(`channel ${made}`)
    await untilState(peerConnection, 'closed')
    t.ok(exceeded.includes('maxMessagesPerSecond'))
    await within(peerConnection.release(), 'the release')
  })
}

t.test('send beyond maxBufferedAmount -> an OperationError each time, told once, and the connection goes on', async t => {
  const { channel, peerConnection, exceeded } = await connectChannels(t, undefined, undefined, undefined, { maxBufferedAmount: 10_000 })
  t.throws(() => channel.send(new Uint8Array(10_001)), { name: 'OperationError', message: 'send: 0 bytes are waiting to be sent, 10000 may' })
  t.throws(() => channel.send(new Uint8Array(10_001)), { name: 'OperationError' })
  t.same(exceeded, ['maxBufferedAmount'])
  t.equal(peerConnection.connectionState, 'connected')
})

t.test('send beyond maxBufferedAmount of a peer whose owner asks for no limits -> an OperationError', async t => {
  const peerConnection = new PeerConnection({ ...DEFAULT_PEER_LIMITS, bindAddress: '127.0.0.1', maxBufferedAmount: 1 }, error => { throw error })
  t.teardown(() => peerConnection.release())
  const channel = peerConnection.createDataChannel('ours', { negotiated: true, id: 1 })
  const opened = next(channel, 'open')
  offer(peerConnection, createFarEnd(t))
  await opened
  t.throws(() => channel.send('two'), { name: 'OperationError' })
})

t.test('messages that wait for a slow listener when the far end closes its channel -> all are told before the close event', async t => {
  const { channel, farChannel } = await connectFarChannel(t, {})
  let received = 0
  channel.onmessage = () => {
    received++
    block(3)
  }
  const closed = next(channel, 'close')
  for (let sent = 0; sent < 50; sent++) farChannel.send('message')
  block(100)
  farChannel.close()
  block(100)
  await closed
  t.equal(received, 50)
})

t.test('messages that wait for a slow listener when the far end closes -> all are told before the news of its end', async t => {
  const { channel, farChannel, farEnd, peerConnection } = await connectFarChannel(t, {})
  let received = 0
  channel.onmessage = () => {
    received++
    block(3)
  }
  const ended = new Promise<number>(resolve => { peerConnection.onconnectionstatechange = () => resolve(received) })
  for (let sent = 0; sent < 50; sent++) farChannel.send('message')
  block(100)
  farEnd.native.close()
  block(100)
  t.equal(await ended, 50)
})

for (const [name, close] of Object.entries({ channel: (channel: DataChannel) => channel.close(), peer: (_channel: DataChannel, peerConnection: PeerConnection) => peerConnection.close() })) {
  t.test(`close of a ${name} by the application while messages wait -> none of them is told`, async t => {
    const { channel, farChannel, peerConnection, errors } = await connectFarChannel(t, {})
    const closed = next(channel, 'close')
    let received = 0
    channel.onmessage = () => {
      received++
      block(10)
      close(channel, peerConnection)
    }
    for (let sent = 0; sent < 50; sent++) farChannel.send('message')
    await closed
    await peerConnection.release()
    t.equal(received, 1)
    t.same(errors, [])
  })
}

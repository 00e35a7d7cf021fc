import t from 'tap'
import type { DataChannel } from '../../plugin/peer/data-channel.js'
import type { DataChannelInit } from '../../plugin/peer/data-channel-init.js'
import { signal, within } from '../helpers/deadline.js'
import { block, connectChannels, connectPeers, next, recordEvents, untilState } from '../helpers/peers.js'

t.test('a channel opens, gets messages and closes with its events in order when the far end closes it', async t => {
  const { channel, farChannel, errors } = await connectChannels(t)
  const events = recordEvents(channel)
  t.equal(channel.readyState, 'open')
  farChannel.send('one')
  farChannel.send('two')
  const closed = next(channel, 'close')
  farChannel.close()
  await closed
  t.same(events, ['message open', 'message open', 'closing closing', 'close closed'])
  t.same(errors, [])
})

t.test('a channel that the application closes is closing, then closed, and its far end closes', async t => {
  const { channel, farChannel } = await connectChannels(t)
  const events = recordEvents(channel)
  const closed = next(channel, 'close')
  channel.close()
  t.equal(channel.readyState, 'closing')
  channel.close()
  t.equal(channel.readyState, 'closing')
  await Promise.all([closed, farChannel.closed()])
  t.equal(channel.readyState, 'closed')
  channel.close()
  t.equal(channel.readyState, 'closed')
  t.same(events, ['close closed'], 'no closing event for the side that closes')
})

t.test('the channels of a peer that closes close with it, each with one event', async t => {
  const { channel, farChannel, peerConnection } = await connectChannels(t)
  const connecting = peerConnection.createDataChannel('connecting')
  const events = [recordEvents(channel), recordEvents(connecting)]
  peerConnection.close()
  t.equal(channel.readyState, 'closed')
  t.equal(connecting.readyState, 'closed')
  await farChannel.closed()
  await peerConnection.release()
  t.same(events, [['close closed'], ['close closed']])
})

t.test('the channels of a peer whose far end closes close before the peer does', async t => {
  const { channel, farEnd, peerConnection } = await connectChannels(t)
  const events = recordEvents(channel)
  peerConnection.onconnectionstatechange = () => events.push(peerConnection.connectionState)
  await Promise.all([farEnd.close(), untilState(peerConnection, 'closed')])
  t.match(events.join(), /^closing closing,close closed,(disconnected,)?closed$/)
})

t.test('the handler properties of a channel are called like listeners', async t => {
  const types: string[] = []
  const { channel, farChannel } = await connectChannels(t, channel => {
    const keep = ({ type, target }: { type: string, target: DataChannel }) => { if (target === channel) types.push(type) }
    channel.onopen = keep
    channel.onmessage = keep
    channel.onbufferedamountlow = keep
    channel.onclosing = keep
    channel.onclose = keep
    channel.onerror = keep
  })
  channel.send('message')
  await next(channel, 'bufferedamountlow')
  farChannel.send('message')
  await next(channel, 'message')
  const closed = next(channel, 'close')
  farChannel.close()
  await closed
  t.same(types, ['open', 'bufferedamountlow', 'message', 'closing', 'close'])
})

t.test('the id of an in-band channel is null until it opens, and then the stream that the far end knows it by', async t => {
  let early: number | null | undefined
  const { channel, farChannel } = await connectChannels(t, channel => { early = channel.id })
  t.equal(early, null)
  t.equal(channel.id, farChannel.native.getId())
})

t.test('the channels of the far end have their ids, labels and protocols', async t => {
  const { peerConnection, farEnd } = await connectPeers(t)
  const announced = next(peerConnection, 'datachannel')
  const farChannel = farEnd.createDataChannel('λabel ✓', { protocol: 'protocol' })
  const { channel } = await announced
  t.match(channel, { label: 'λabel ✓', protocol: 'protocol', id: farChannel.native.getId(), readyState: 'open', negotiated: false })
})

const NEGOTIATED: DataChannelInit = { negotiated: true, id: 5 }

t.test('a negotiated channel opens at both ends without a datachannel event, and carries messages both ways', async t => {
  const { peerConnection, farEnd } = await connectPeers(t)
  peerConnection.ondatachannel = () => t.fail('expected no datachannel event')
  const channel = peerConnection.createDataChannel('mine', NEGOTIATED)
  t.equal(channel.id, 5)
  const farChannel = farEnd.createDataChannel('theirs', { negotiated: true, id: 5 })
  await Promise.all([next(channel, 'open'), farChannel.opened()])
  channel.send('to the far end')
  t.same(await farChannel.messages(1), ['to the far end'])
  const arrived = next(channel, 'message')
  farChannel.send('from the far end')
  t.equal((await arrived).data, 'from the far end')
  t.equal(farEnd.channels.length, 1)
})

t.test('a negotiated channel of the offer is open when the far end makes its own', async t => {
  let channel: DataChannel | undefined
  const { farEnd } = await connectPeers(t, peerConnection => { channel = peerConnection.createDataChannel('mine', NEGOTIATED) })
  const farChannel = farEnd.createDataChannel('theirs', { negotiated: true, id: 5 })
  await farChannel.opened()
  const arrived = next(channel!, 'message')
  farChannel.send('message')
  await arrived
})

t.test('the id of a negotiated channel is not free when it has closed: the far end may not have closed its own', async t => {
  const { peerConnection, farEnd } = await connectPeers(t)
  const channel = peerConnection.createDataChannel('mine', NEGOTIATED)
  const farChannel = farEnd.createDataChannel('theirs', { negotiated: true, id: 5 })
  await Promise.all([next(channel, 'open'), farChannel.opened()])
  const closed = next(channel, 'close')
  channel.close()
  await closed
  t.throws(() => peerConnection.createDataChannel('mine', NEGOTIATED), { name: 'OperationError', message: 'createDataChannel: expected an id that is free, found 5' })
})

t.test('the id of an in-band channel is taken as soon as the connection is there', async t => {
  const { peerConnection } = await connectChannels(t)
  const channel = peerConnection.createDataChannel('in-band')
  t.type(channel.id, 'number', 'before it opens')
  t.throws(() => peerConnection.createDataChannel('negotiated', { negotiated: true, id: channel.id! }), { name: 'OperationError' })
})

const INITS: Record<string, DataChannelInit> = {
  'unordered and never sent again': { ordered: false, maxRetransmits: 0 },
  'sent again for 100 ms': { maxPacketLifeTime: 100 },
  'of a protocol': { protocol: 'chat' }
}

for (const [name, init] of Object.entries(INITS)) {
  t.test(`a channel that is ${name} opens and carries messages`, async t => {
    const { channel, farChannel } = await connectChannels(t, undefined, init)
    t.equal(farChannel.native.getProtocol(), init.protocol ?? '')
    channel.send('message')
    t.same(await farChannel.messages(1), ['message'])
  })
}

t.test('send before open throws an InvalidStateError', async t => {
  await connectPeers(t, peerConnection => {
    const channel = peerConnection.createDataChannel('label')
    t.throws(() => channel.send('early'), { name: 'InvalidStateError', message: 'send: expected an open channel, found connecting' })
  })
})

t.test('send after close throws an InvalidStateError', async t => {
  const { channel } = await connectChannels(t)
  const closed = next(channel, 'close')
  channel.close()
  t.throws(() => channel.send('late'), { name: 'InvalidStateError', message: 'send: expected an open channel, found closing' })
  await closed
  t.throws(() => channel.send('late'), { name: 'InvalidStateError', message: 'send: expected an open channel, found closed' })
})

t.test('send on a channel that has closed without the application knowing yet: the message is lost, as in a browser, and not counted', async t => {
  const { channel, farChannel } = await connectChannels(t)
  farChannel.close()
  block(100)
  t.equal(channel.readyState, 'open')
  channel.send('late')
  t.equal(channel.bufferedAmount, 0)
  await next(channel, 'close')
  t.throws(() => channel.send('later'), { name: 'InvalidStateError' })
})

t.test('messages that arrive after the application has closed a channel are dropped', async t => {
  const { channel, farChannel } = await connectChannels(t)
  const events = recordEvents(channel)
  farChannel.send('late')
  block(50)
  const closed = next(channel, 'close')
  channel.close()
  await closed
  t.same(events, ['close closed'])
})

t.test('a channel that the far end opens and closes before the event loop turns opens and closes, and is let go', async t => {
  const { peerConnection, farEnd } = await connectPeers(t)
  const events: string[] = []
  const closed = signal()
  peerConnection.ondatachannel = ({ type, channel }) => {
    events.push(`${type} ${channel.readyState}`)
    recordEvents(channel, events)
    channel.onclose = () => closed.resolve()
  }
  const farChannel = farEnd.createDataChannel('short')
  block(50)
  farChannel.close()
  block(50)
  await within(closed.promise, 'the close event')
  t.same(events, ['datachannel open', 'open open', 'closing closing', 'close closed'])
})

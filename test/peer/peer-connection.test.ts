import t from 'tap'
import type { DataChannel } from '../../plugin/peer/data-channel.js'
import type { DataChannelInit } from '../../plugin/peer/data-channel-init.js'
import { livePeerConnections } from '../../plugin/peer/native-connection.js'
import { PeerConnection } from '../../plugin/peer/peer-connection.js'
import { signal, within } from '../helpers/deadline.js'
import { description } from '../helpers/descriptions.js'
import { answer, block, connectChannels, connectPeers, createFarEnd, createPeer, next, offer, recordEvents, replacePeerConnection } from '../helpers/peers.js'

t.test('the local description of an offer has every candidate, one data section, and ice-options as RFC 8839 writes them', async t => {
  const { peerConnection } = createPeer(t)
  t.equal(peerConnection.localDescription, null)
  t.equal(peerConnection.remoteDescription, null)
  peerConnection.createDataChannel('one')
  peerConnection.createDataChannel('two')
  t.equal(peerConnection.localDescription, null, 'nothing is negotiated yet')
  peerConnection.setLocalDescription()

  const { type, sdp } = peerConnection.localDescription!
  t.equal(type, 'offer')
  t.same(sdp.match(/^m=.*$/gm)?.map(line => line.trim()), ['m=application 9 UDP/DTLS/SCTP webrtc-datachannel'].map(line => line.replace('9', /^m=application (\d+)/m.exec(sdp)![1]!)))
  t.match(sdp, /^a=ice-options:ice2 trickle\r$/m)
  t.notMatch(sdp, 'ice2,trickle')
  t.match(sdp, /^a=candidate:.* 127\.0\.0\.1 \d+ typ host\r$/m)
  t.match(sdp, /^a=end-of-candidates\r$/m)
  t.match(sdp, /^a=max-message-size:262144\r$/m)
  t.match(sdp, /^a=setup:actpass\r$/m)
})

t.test('the local description of an answer has the same, and the role of the answerer', async t => {
  const { peerConnection } = createPeer(t)
  const farEnd = createFarEnd(t)
  answer(peerConnection, farEnd)
  const { type, sdp } = peerConnection.localDescription!
  t.equal(type, 'answer')
  t.match(sdp, /^a=ice-options:ice2 trickle\r$/m)
  t.match(sdp, /^a=setup:(active|passive)\r$/m)
  t.match(sdp, /^a=candidate:.* typ host\r$/m)
  t.equal(peerConnection.remoteDescription!.type, 'offer')
})

t.test('descriptions stay what they were after the answer and after close', async t => {
  const { peerConnection } = await connectPeers(t)
  const { localDescription, remoteDescription } = peerConnection
  t.equal(localDescription!.type, 'offer')
  t.equal(remoteDescription!.type, 'answer')
  await peerConnection.release()
  t.same(peerConnection.localDescription, localDescription)
  t.same(peerConnection.remoteDescription, remoteDescription)
})

t.test('an offer without channels has a data section, in which the far end opens its channels', async t => {
  const farEnd = createFarEnd(t)
  const { peerConnection, errors } = createPeer(t)
  offer(peerConnection, farEnd)
  const announced = next(peerConnection, 'datachannel')
  await farEnd.connected()
  farEnd.createDataChannel('mine', { protocol: 'theirs' })
  const { channel } = await announced
  t.equal(channel.label, 'mine')
  t.equal(channel.protocol, 'theirs')
  t.equal(farEnd.channels.length, 1, 'and the far end sees no other')
  t.same(errors, [])
})

t.test('an application that closes all its channels before the offer offers a data section all the same', async t => {
  const farEnd = createFarEnd(t)
  const { peerConnection } = createPeer(t)
  peerConnection.createDataChannel('closed').close()
  offer(peerConnection, farEnd)
  await farEnd.connected()
  t.same(farEnd.channels, [])
})

t.test('createDataChannel before an offer, before an answer and after either gives channels that open', async t => {
  for (const negotiate of [offer, answer]) {
    const { peerConnection, farEnd } = await connectPeers(t, peerConnection => peerConnection.createDataChannel('before'), negotiate)
    await farEnd.channel('before')
    const after = peerConnection.createDataChannel('after')
    t.equal(after.readyState, 'connecting')
    await next(after, 'open')
    await farEnd.channel('after')
  }
})

t.test('createDataChannel between the offer and the answer gives a channel that opens', async t => {
  const farEnd = createFarEnd(t)
  const { peerConnection } = createPeer(t)
  peerConnection.setLocalDescription()
  const channel = peerConnection.createDataChannel('between')
  const opened = next(channel, 'open')
  const { sdp } = peerConnection.localDescription!
  peerConnection.setRemoteDescription({ type: 'answer', sdp: farEnd.answer(sdp.replace(/^a=candidate.*\r\n/gm, '')) })
  farEnd.addCandidates(sdp)
  await opened
  await farEnd.channel('between')
})

t.test('createDataChannel keeps what the init says, and has the defaults of W3C without one', async t => {
  const { peerConnection } = createPeer(t)
  const plain = peerConnection.createDataChannel('plain')
  t.match(plain, { label: 'plain', ordered: true, maxPacketLifeTime: null, maxRetransmits: null, protocol: '', negotiated: false, id: null, readyState: 'connecting', binaryType: 'arraybuffer', bufferedAmount: 0, bufferedAmountLowThreshold: 0 })

  const init: DataChannelInit = { ordered: false, maxRetransmits: 0, protocol: 'chat', negotiated: true, id: 7 }
  t.match(peerConnection.createDataChannel('', init), { label: '', ...init, maxPacketLifeTime: null })
  t.match(peerConnection.createDataChannel('timed', { maxPacketLifeTime: 100, id: 9 }), { maxPacketLifeTime: 100, maxRetransmits: null, id: null }, 'an id without negotiated is ignored')
})

t.test('createDataChannel with an impossible init throws a TypeError and makes no channel', async t => {
  const { peerConnection } = createPeer(t)
  t.throws(() => peerConnection.createDataChannel('label', { negotiated: true }), { name: 'TypeError' })
})

t.test('createDataChannel with an id that another channel has throws an OperationError; it is free again if that one closes before the negotiation', async t => {
  const { peerConnection } = createPeer(t)
  const channel = peerConnection.createDataChannel('one', { negotiated: true, id: 5 })
  t.throws(() => peerConnection.createDataChannel('two', { negotiated: true, id: 5 }), { name: 'OperationError', message: 'createDataChannel: expected an id that is free, found 5' })
  const closed = next(channel, 'close')
  channel.close()
  await closed
  t.doesNotThrow(() => peerConnection.createDataChannel('two', { negotiated: true, id: 5 }))
})

t.test('511 channels open; another one before the negotiation throws an OperationError', async t => {
  const channels: DataChannel[] = []
  let opened: Promise<unknown> = Promise.resolve()
  const { farEnd } = await connectPeers(t, peerConnection => {
    for (let index = 0; index < 511; index++) channels.push(peerConnection.createDataChannel(`${index}`))
    t.throws(() => peerConnection.createDataChannel('too many'), { name: 'OperationError', message: 'createDataChannel: expected at most 511 channels' })
    opened = Promise.all(channels.map(channel => next(channel, 'open')))
  })
  await opened
  await farEnd.channel('510')
})

t.test('511 channels open; another one when they are open throws an OperationError with the native reason', async t => {
  const { peerConnection } = await connectChannels(t)
  const channels = Array.from({ length: 510 }, (_, index) => peerConnection.createDataChannel(`${index}`))
  await Promise.all(channels.map(channel => next(channel, 'open')))
  t.throws(() => peerConnection.createDataChannel('too many'), { name: 'OperationError', message: /createDataChannel 'too many': .*Too many/, cause: Error })
  const closed = next(channels[0]!, 'close')
  channels[0]!.close()
  await closed
})

t.test('channels that are made when the peer has just connected open, each announced once', async t => {
  for (let round = 0; round < 20; round++) {
    const opened: Promise<unknown>[] = []
    const { farEnd, peerConnection } = await connectPeers(t, peerConnection => {
      const create = (label: string) => opened.push(next(peerConnection.createDataChannel(label), 'open'))
      peerConnection.onconnectionstatechange = () => create(peerConnection.connectionState)
      peerConnection.oniceconnectionstatechange = () => { if (peerConnection.iceConnectionState === 'checking') create('checking') }
    })
    await Promise.all(opened)
    await Promise.all(['checking', 'connecting', 'connected'].map(label => farEnd.channel(label)))
    t.equal(farEnd.channels.length, 3)
    peerConnection.onconnectionstatechange = null
    await peerConnection.release()
  }
})

t.test('a channel that cannot be made when the connection is there has an error event, and closes', async t => {
  replacePeerConnection(t, PeerConnection => class extends PeerConnection {
    override createDataChannel (label: string, init: object) {
      if (label === 'refused') throw new Error('of the library')
      return super.createDataChannel(label, init)
    }
  })
  const errors: Error[] = []
  const events: string[] = []
  const closed: Promise<unknown>[] = []
  const { peerConnection } = await connectPeers(t, peerConnection => {
    peerConnection.onsignalingstatechange = () => {
      const channel = peerConnection.createDataChannel('refused')
      channel.onerror = ({ error }) => errors.push(error)
      recordEvents(channel, events)
      closed.push(next(channel, 'close'))
    }
  })
  await Promise.all(closed)
  t.match(errors, [{ name: 'OperationError', message: "createDataChannel 'refused': of the library" }, { name: 'OperationError' }])
  t.same(events, ['error connecting', 'error connecting', 'close closed', 'close closed'])
  t.throws(() => peerConnection.createDataChannel('refused'), { name: 'OperationError', cause: { message: 'of the library' } })
  peerConnection.onsignalingstatechange = null
})

const AFTER_CLOSE: Record<string, (peerConnection: PeerConnection) => unknown> = {
  createDataChannel: peerConnection => peerConnection.createDataChannel('label'),
  setLocalDescription: peerConnection => peerConnection.setLocalDescription(),
  setRemoteDescription: peerConnection => peerConnection.setRemoteDescription({ type: 'offer', sdp: '' })
}

for (const [method, call] of Object.entries(AFTER_CLOSE)) {
  t.test(`${method} after close throws an InvalidStateError and makes no native peer`, async t => {
    const { peerConnection } = createPeer(t)
    const before = livePeerConnections()
    peerConnection.close()
    t.throws(() => call(peerConnection), { name: 'InvalidStateError', message: `${method}: the connection is closed` })
    t.equal(peerConnection.signalingState, 'closed')
    t.equal(livePeerConnections(), before)
  })
}

t.test('an answer that the native side refuses throws an InvalidAccessError, and the peer keeps waiting for one', async t => {
  const { peerConnection } = createPeer(t)
  peerConnection.setLocalDescription()
  t.throws(() => peerConnection.setRemoteDescription({ type: 'answer', sdp: 'v=0\r\n' }), { name: 'InvalidAccessError' })
  t.equal(peerConnection.signalingState, 'have-local-offer')
  t.equal(peerConnection.remoteDescription, null)
  peerConnection.setRemoteDescription({ type: 'answer', sdp: createFarEnd(t).answer(peerConnection.localDescription!.sdp) })
  t.equal(peerConnection.signalingState, 'stable')
})

t.test('an offer that the native side refuses throws an InvalidAccessError when it is to be answered, and the peer can be released', async t => {
  const { peerConnection } = createPeer(t)
  peerConnection.setRemoteDescription({ type: 'offer', sdp: 'v=0\r\n' })
  t.throws(() => peerConnection.setLocalDescription(), { name: 'InvalidAccessError' })
  await peerConnection.release()
})

/** Each with the role that this end takes in DTLS. */
const OFFERS = { 'chromium-offer': 'active', 'chromium-media-offer': 'active', 'libwebrtc-offer': 'active', 'firefox-offer': 'passive', 'firefox-media-offer': 'passive', 'gstreamer-offer': 'passive', 'libdatachannel-offer': 'passive' }

for (const [name, setup] of Object.entries(OFFERS)) {
  t.test(`an offer as ${name} is answered, with a=setup:${setup}`, async t => {
    const { peerConnection } = createPeer(t)
    peerConnection.ontrack = () => {}
    peerConnection.setRemoteDescription(description(name))
    peerConnection.setLocalDescription()
    t.equal(peerConnection.localDescription!.type, 'answer')
    t.match(peerConnection.localDescription!.sdp, new RegExp(`^a=setup:${setup}\\r$`, 'm'))
    t.equal(peerConnection.connectionState, 'connecting')
  })
}

for (const [name, offered, setup] of [['chromium-offer', 'active', 'passive'], ['firefox-offer', 'passive', 'active']] as const) {
  t.test(`an offer as ${name} that leaves no choice, a=setup:${offered} -> a=setup:${setup}`, async t => {
    const { peerConnection } = createPeer(t)
    peerConnection.setRemoteDescription({ type: 'offer', sdp: description(name).sdp.replace('a=setup:actpass', `a=setup:${offered}`) })
    peerConnection.setLocalDescription()
    t.match(peerConnection.localDescription!.sdp, new RegExp(`^a=setup:${setup}\\r$`, 'm'))
  })
}

t.test('every channel of the far end is announced once, open, with its datachannel event before its open event and its messages', async t => {
  const { peerConnection, farEnd } = await connectPeers(t)
  const events: string[] = []
  const arrived = signal()
  peerConnection.ondatachannel = ({ type, target, channel }) => {
    t.equal(target, peerConnection)
    events.push(`${type} ${channel.label} ${channel.readyState}`)
    channel.onopen = ({ type }) => events.push(`${type} ${channel.label}`)
    channel.onmessage = ({ type }) => {
      events.push(`${type} ${channel.label}`)
      if (events.length === 9) arrived.resolve()
    }
  }
  const channels = ['one', 'two', 'three'].map(label => farEnd.createDataChannel(label))
  for (const channel of channels) channel.send('at once')
  // What arrives in the meantime waits in the native queues.
  block(100)
  await within(arrived.promise, 'nine events')
  t.same(events.filter(event => event.startsWith('datachannel')), ['datachannel one open', 'datachannel two open', 'datachannel three open'])
  for (const { label } of channels) {
    const own = events.filter(event => event.includes(label))
    t.same(own, [`datachannel ${label} open`, `open ${label}`, `message ${label}`])
  }
})

t.test('a channel that was made and closed before the far end had its answer is gone for both', async t => {
  const farEnd = createFarEnd(t)
  const { peerConnection, errors } = createPeer(t)
  const gone = peerConnection.createDataChannel('gone')
  const kept = peerConnection.createDataChannel('kept')
  const closed = next(gone, 'close')
  peerConnection.setLocalDescription()
  gone.close()
  await closed
  const { sdp } = peerConnection.localDescription!
  peerConnection.setRemoteDescription({ type: 'answer', sdp: farEnd.answer(sdp.replace(/^a=candidate.*\r\n/gm, '')) })
  farEnd.addCandidates(sdp)
  await next(kept, 'open')
  await farEnd.channel('kept')
  t.same(farEnd.channels.map(({ label }) => label), ['kept'])
  t.same(errors, [])
})

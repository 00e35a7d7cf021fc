/** Runs in a process of its own: brings a peer into the state that the argument names and releases it. Then nothing must keep the process alive. */
import { DEFAULT_PEER_LIMITS } from '../../plugin/peer/limits.js'
import { livePeerConnections } from '../../plugin/peer/native-connection.js'
import { PeerConnection } from '../../plugin/peer/peer-connection.js'
import { withoutCandidates } from '../helpers/native-peer.js'
import { answer, block, connectChannels, connectPeers, createFarEnd, createPeer, next, offer, untilState } from '../helpers/peers.js'
import { connectSeparateFarEnd } from './separate-far-end.js'

const closers: (() => unknown)[] = []
const t = { teardown: (close: () => unknown) => { closers.unshift(close) } }

const STATES: Record<string, () => unknown> = {
  'never negotiated': () => { createPeer(t).peerConnection.createDataChannel('channel') },
  'never negotiated, with a channel closed': () => { createPeer(t).peerConnection.createDataChannel('channel').close() },
  offered: () => createPeer(t).peerConnection.setLocalDescription(),
  'offered with channels': () => {
    const { peerConnection } = createPeer(t)
    for (let id = 0; id < 10; id++) peerConnection.createDataChannel('channel', id % 2 ? { negotiated: true, id } : {})
    peerConnection.setLocalDescription()
    peerConnection.createDataChannel('between')
  },
  'offered with a channel closed': () => {
    const { peerConnection } = createPeer(t)
    const channel = peerConnection.createDataChannel('channel')
    peerConnection.setLocalDescription()
    channel.close()
  },
  'gathering without an end': () => createPeer(t, { iceServers: [{ urls: 'stun:192.0.2.1' }] }).peerConnection.setLocalDescription(),
  'without a socket': () => {
    try {
      createPeer(t, { bindAddress: '192.0.2.1' }).peerConnection.setLocalDescription()
    } catch {}
  },
  'with an offer to answer': () => createPeer(t).peerConnection.setRemoteDescription({ type: 'offer', sdp: createFarEnd(t).offer() }),
  'answered but never connected': () => {
    const { peerConnection } = createPeer(t)
    peerConnection.createDataChannel('channel')
    peerConnection.setLocalDescription()
    peerConnection.setRemoteDescription({ type: 'answer', sdp: withoutCandidates(createFarEnd(t).answer(withoutCandidates(peerConnection.localDescription!.sdp))) })
  },
  'answering but never connected': () => {
    const { peerConnection } = createPeer(t)
    peerConnection.setRemoteDescription({ type: 'offer', sdp: withoutCandidates(createFarEnd(t).offer()) })
    peerConnection.createDataChannel('channel')
    peerConnection.setLocalDescription()
  },
  'while it connects': () => offer(createPeer(t).peerConnection, createFarEnd(t)),
  connected: () => connectPeers(t),
  'connected by the answer': () => connectPeers(t, undefined, answer),
  'with a channel open': () => connectChannels(t),
  'with channels of both sides': async () => {
    const { peerConnection, farEnd } = await connectChannels(t)
    const announced = next(peerConnection, 'datachannel')
    farEnd.createDataChannel('theirs')
    await announced
  },
  'with a channel closed': async () => {
    const { channel } = await connectChannels(t)
    const closed = next(channel, 'close')
    channel.close()
    await closed
  },
  'with a channel closed by the far end': async () => {
    const { channel, farChannel } = await connectChannels(t)
    const closed = next(channel, 'close')
    farChannel.close()
    await closed
  },
  'with a channel closing that has sent': async () => {
    const { channel } = await connectChannels(t)
    for (let sent = 0; sent < 20; sent++) channel.send(new Uint8Array(64 * 1024))
    channel.close()
  },
  'with a channel that the far end closed before JavaScript saw it': async () => {
    const { peerConnection } = createPeer(t)
    const farEnd = await connectSeparateFarEnd(peerConnection)
    t.teardown(() => farEnd.process.stdin!.end())
    const announced = next(peerConnection, 'datachannel')
    farEnd.command({ openAndClose: 'short' })
    await new Promise(setImmediate)
    block(500)
    const { channel } = await announced
    if (channel.readyState !== 'open') throw new Error(`expected an open channel that closes in the next turn, found ${channel.readyState}`)
    await next(channel, 'close')
  },
  'with 200 channels that the far end opened and closed': async () => {
    const { farEnd } = await connectPeers(t, undefined, undefined, undefined, { maxDataChannels: 512 })
    for (let opened = 0; opened < 200; opened++) {
      const farChannel = farEnd.createDataChannel('theirs')
      await farChannel.opened()
      farChannel.close()
    }
  },
  'closed by the far end': async () => {
    const { peerConnection, farEnd } = await connectChannels(t)
    await Promise.all([farEnd.close(), untilState(peerConnection, 'closed')])
  },
  'with a far end that was killed': async () => {
    const { peerConnection } = createPeer(t)
    const channel = peerConnection.createDataChannel('channel')
    const opened = next(channel, 'open')
    const farEnd = await connectSeparateFarEnd(peerConnection)
    await opened
    farEnd.process.kill('SIGKILL')
    await farEnd.ended
    channel.send('to nobody')
    channel.close()
  },
  'with listeners and a timer of the application that has its end': async () => {
    const { peerConnection } = await connectPeers(t)
    peerConnection.onconnectionstatechange = () => { setTimeout(() => {}, 10) }
  },
  'that nobody has closed, and process.exit': async () => {
    const peerConnection = new PeerConnection({ ...DEFAULT_PEER_LIMITS, bindAddress: '127.0.0.1' }, () => {})
    offer(peerConnection, createFarEnd(t))
    await untilState(peerConnection, 'connected')
    console.log('live 0')
    process.exit()
  }
}

const state = process.argv[2]!
if (state === 'list') {
  console.log(JSON.stringify(Object.keys(STATES)))
} else {
  await STATES[state]!()
  for (const close of closers) await close()
  console.log(`live ${livePeerConnections()}`)
}

import t from 'tap'
import type { DataChannel } from '../../plugin/peer/data-channel.js'
import { readCandidatePair } from '../../plugin/peer/candidate-pair-stats.js'
import { connectChannels, connectPeers, createPeer, next } from '../helpers/peers.js'

const STEPS = ['localDescription', 'remoteDescription', 'connected', 'dataChannelOpen'] as const

t.test('getStats of a new peer -> when it was made, and nothing else', async t => {
  const before = Date.now()
  const { timestamp, handshake, ...rest } = createPeer(t).peerConnection.getStats()
  t.strictSame(rest, { bytesSent: 0, bytesReceived: 0, dataChannelsOpened: 0, dataChannelsClosed: 0, dataChannels: [] })
  t.strictSame(Object.keys(handshake), ['created'])
  t.ok(timestamp >= handshake.created)
  // Of two clocks that are not always the same.
  t.ok(Math.abs(handshake.created - before) < 1000)
})

t.test('getStats -> a channel that is connecting -> in the list, not counted as opened', async t => {
  const { peerConnection } = createPeer(t)
  peerConnection.createDataChannel('chat', { protocol: 'json', negotiated: true, id: 4 })
  peerConnection.createDataChannel('in-band')
  const { dataChannels, dataChannelsOpened } = peerConnection.getStats()
  const none = { messagesSent: 0, bytesSent: 0, messagesReceived: 0, bytesReceived: 0 }
  t.strictSame(dataChannels, [
    { label: 'chat', protocol: 'json', dataChannelIdentifier: 4, state: 'connecting', ...none },
    { label: 'in-band', protocol: '', state: 'connecting', ...none }
  ])
  t.equal(dataChannelsOpened, 0)
})

t.test('getStats of a connected peer -> messages and bytes of both directions, the pair, each step in its order', async t => {
  const { channel, farChannel, peerConnection, farEnd } = await connectChannels(t)
  channel.send('four')
  channel.send(new Uint8Array(1000))
  channel.send('ü')
  farChannel.send('hello')
  await next(channel, 'message')
  const { selectedCandidatePair, dataChannels, handshake, ...rest } = peerConnection.getStats()
  t.match(dataChannels, [{ label: channel.label, dataChannelIdentifier: channel.id, state: 'open', messagesSent: 3, bytesSent: 1006, messagesReceived: 1, bytesReceived: 5 }])
  t.match(rest, { bytesSent: 1006, bytesReceived: 5, dataChannelsOpened: 1, dataChannelsClosed: 0 })

  const { local, remote } = farEnd.native.getSelectedCandidatePair()!
  t.match(selectedCandidatePair, {
    localCandidate: { address: '127.0.0.1', port: remote.port, protocol: 'udp', candidateType: 'host' },
    remoteCandidate: { address: '127.0.0.1', port: local.port, protocol: 'udp', candidateType: /^(host|prflx)$/ }
  })
  const times = STEPS.map(step => handshake[step]!)
  t.strictSame(times, [...times].sort((a, b) => a - b))
  t.ok(times.every(time => time > 0 && time < 10_000))
})

t.test('getStats after channels have closed -> their bytes are kept, they are not in the list', async t => {
  const { channel, farChannel, peerConnection } = await connectChannels(t)
  farChannel.send('hello')
  await next(channel, 'message')
  channel.send('four')
  const closed = next(channel, 'close')
  farChannel.close()
  await closed
  t.match(peerConnection.getStats(), { bytesSent: 4, bytesReceived: 5, dataChannels: { length: 0 }, dataChannelsOpened: 1, dataChannelsClosed: 1 })
  // Whoever makes a channel has those that have closed forgotten.
  peerConnection.createDataChannel('another')
  t.match(peerConnection.getStats(), { bytesSent: 4, bytesReceived: 5, dataChannels: { length: 1 }, dataChannelsOpened: 1, dataChannelsClosed: 1 })
})

t.test('getStats after the peer has closed -> no pair, the rest as it was', async t => {
  const { channel, farChannel, peerConnection } = await connectChannels(t)
  farChannel.send('hello')
  await next(channel, 'message')
  const { handshake } = peerConnection.getStats()
  await peerConnection.release()
  const stats = peerConnection.getStats()
  t.notOk('selectedCandidatePair' in stats)
  t.match(stats, { bytesReceived: 5, dataChannels: { length: 0 }, dataChannelsOpened: 1, dataChannelsClosed: 1, handshake })
})

t.test("getStats -> the far end's channels with long labels and protocols -> 256 characters of each", async t => {
  const { peerConnection, farEnd } = await connectPeers(t)
  const announced = next(peerConnection, 'datachannel')
  farEnd.createDataChannel('l'.repeat(60_000), { protocol: 'p'.repeat(60_000) })
  const channel: DataChannel = (await announced).channel
  t.equal(channel.label.length, 60_000)
  t.match(peerConnection.getStats().dataChannels, [{ label: 'l'.repeat(256), protocol: 'p'.repeat(256), state: 'open' }])
})

t.test('the round-trip time of a pair -> in seconds; absent while the native side says -1 or 0', async t => {
  const candidate = { address: '192.0.2.1', port: 5000, type: 'srflx', transportType: 'UDP', candidate: '', mid: '0', priority: 1 }
  const read = (rtt: number) => readCandidatePair({ getSelectedCandidatePair: () => ({ local: candidate, remote: candidate }), rtt: () => rtt } as never)
  const end = { address: '192.0.2.1', port: 5000, protocol: 'udp', candidateType: 'srflx' }
  t.strictSame(read(25), { localCandidate: end, remoteCandidate: end, currentRoundTripTime: 0.025 })
  for (const unknown of [-1, 0]) t.strictSame(read(unknown), { localCandidate: end, remoteCandidate: end })
})

import t from 'tap'
import { livePeerConnections } from '../../plugin/peer/native-connection.js'
import { connectChannels, connectPeers, createPeer, replacePeerConnection } from '../helpers/peers.js'

const LARGE = new Uint8Array(64 * 1024)

t.test('a peer that has sent nothing of late is released at once', async t => {
  const { channel, peerConnection } = await connectChannels(t)
  channel.close()
  const begin = performance.now()
  await peerConnection.release()
  const time = performance.now() - begin
  t.ok(time < 500, `expected less than 500 ms, found ${time}`)
})

t.test('a peer whose channels the application has not closed is released at once, however much they have sent', async t => {
  const { channel, peerConnection } = await connectChannels(t)
  for (let sent = 0; sent < 20; sent++) channel.send(LARGE)
  const begin = performance.now()
  await peerConnection.release()
  const time = performance.now() - begin
  t.ok(time < 500, `expected less than 500 ms, found ${time}`)
})

t.test('a peer that is flushing is released as soon as its far end is gone', async t => {
  const { channel, peerConnection, farEnd } = await connectChannels(t)
  for (let sent = 0; sent < 20; sent++) channel.send(LARGE)
  channel.close()
  const begin = performance.now()
  await Promise.all([peerConnection.release(), farEnd.close()])
  const time = performance.now() - begin
  t.ok(time < 900, `expected less than the second of a flush, found ${time}`)
})

t.test('a peer that was released is live no more', async t => {
  const before = livePeerConnections()
  const { peerConnection } = await connectPeers(t)
  t.equal(livePeerConnections(), before + 1)
  const released = peerConnection.release()
  t.equal(livePeerConnections(), before + 1)
  await released
  t.equal(livePeerConnections(), before)
})

t.test('a peer that is closed between ICE and SCTP -> its native peer is closed when it has connected, or half a second later', async t => {
  for (const connects of [true, false]) {
    let connected: (state: string) => void = () => {}
    let closed = Infinity
    replacePeerConnection(t, PeerConnection => class extends PeerConnection {
      override state () { return 'connecting' as const }
      override iceState () { return 'connected' as const }
      override onStateChange (callback: (state: string) => void) { super.onStateChange(connected = callback) }
      override close () {
        closed = performance.now()
        super.close()
      }
    })
    const { peerConnection } = createPeer(t)
    peerConnection.setLocalDescription()
    const begin = performance.now()
    const released = peerConnection.release()
    if (connects) setTimeout(() => connected('connected'), 100)
    await released
    const time = closed - begin
    if (connects) t.ok(time > 90 && time < 490, `closed natively after ${time.toFixed(0)} ms, connected after 100`)
    else t.ok(time > 490, `closed natively after ${time.toFixed(0)} ms`)
    t.equal(peerConnection.connectionState, 'closed')
  }
})

import t from 'tap'
import { block, connectChannels, next, untilState } from '../helpers/peers.js'
import { within } from '../helpers/deadline.js'
import type { NativeChannel, NativePeer } from '../helpers/native-peer.js'

const ENDS: Record<string, (farChannel: NativeChannel, farEnd: NativePeer) => void> = {
  'closes the channel': farChannel => farChannel.close(),
  'closes the channel, then the peer': (farChannel, farEnd) => {
    farChannel.close()
    block(50)
    farEnd.native.close()
  },
  'closes the peer': (_farChannel, farEnd) => farEnd.native.close()
}

for (const [name, end] of Object.entries(ENDS)) {
  t.test(`200 messages of a far end that then ${name}, while the application computes: all are delivered before the close event`, async t => {
    const { channel, farChannel, farEnd, peerConnection } = await connectChannels(t)
    let received = 0
    let beforeClose
    const closed = new Promise<void>(resolve => {
      channel.onmessage = () => { received++ }
      channel.onclose = () => {
        beforeClose = received
        resolve()
      }
    })
    for (let sent = 0; sent < 200; sent++) farChannel.send(`message ${sent}`)
    block(100)
    end(farChannel, farEnd)
    block(100)
    t.equal(received, 0, 'the event loop has not turned yet')
    await closed
    t.equal(beforeClose, 200)
    await peerConnection.release()
  })
}

t.test('the last messages of a far end that closes reach an application that closes when it is told so', async t => {
  const { channel, farChannel, farEnd, peerConnection } = await connectChannels(t)
  let received = 0
  channel.onmessage = () => { received++ }
  peerConnection.onconnectionstatechange = () => { if (peerConnection.connectionState === 'disconnected') peerConnection.close() }
  peerConnection.oniceconnectionstatechange = () => { if (peerConnection.iceConnectionState === 'disconnected') peerConnection.close() }
  for (let sent = 0; sent < 200; sent++) farChannel.send(`message ${sent}`)
  block(100)
  farEnd.native.close()
  block(100)
  await untilState(peerConnection, 'closed')
  t.equal(received, 200)
})

t.test('more messages than Node hands over in a turn, of a far end that then closes the channel: the first of them are delivered, and the channel closes', async t => {
  const { channel, farChannel, peerConnection, errors } = await connectChannels(t)
  let received = 0
  channel.onmessage = () => { received++ }
  const closed = next(channel, 'close')
  for (let sent = 0; sent < 3000; sent++) farChannel.send(`message ${sent}`)
  block(200)
  farChannel.close()
  block(200)
  await closed
  t.ok(received >= 999, `expected 999 at least, found ${received}`)
  await within(peerConnection.release(), 'the release')
  t.same(errors, [])
})

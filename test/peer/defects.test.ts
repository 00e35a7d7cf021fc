import native from 'node-datachannel'
import t from 'tap'
import { createPeer, offer, createFarEnd } from '../helpers/peers.js'

t.test('release when the native close throws reports it, settles, and rejects nowhere', async t => {
  const { peerConnection, errors } = createPeer(t)
  offer(peerConnection, createFarEnd(t))
  const { prototype } = native.PeerConnection
  const { close } = prototype
  const broken = new Error('broken')
  prototype.close = function () {
    prototype.close = close
    close.call(this)
    throw broken
  }
  await peerConnection.release()
  t.same(errors, [{ error: broken, where: 'peer' }])
})

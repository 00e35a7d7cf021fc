import type { PeerConnection } from '../../plugin/index.js'
import { loadCodecs } from './codecs.js'
import { Compositor } from './compositor.js'

export async function beforeAnswer (peerConnection: PeerConnection) {
  const channel = peerConnection.createDataChannel('problem', { negotiated: true, id: 0 })
  try {
    const codecs = await loadCodecs()
    peerConnection.addEventListener('track', ({ transceiver, track }) => {
      transceiver.direction = 'sendrecv'
      transceiver.sender.replaceTrack(new Compositor(codecs, track).track)
    })
  } catch (error) {
    channel.addEventListener('open', () => channel.send((error as Error).message))
  }
}

import type { ConnectionManagerOptions, PeerConnection } from '../../plugin/index.js'
import { loadCodecs } from './codecs.js'
import { Compositor } from './compositor.js'

/** Each of them decodes, draws and encodes. */
export const connectionOptions: ConnectionManagerOptions = { maxConnections: 16 }

export async function beforeAnswer (peerConnection: PeerConnection) {
  const channel = peerConnection.createDataChannel('problem', { negotiated: true, id: 0 })
  try {
    const codecs = await loadCodecs()
    let compositor: Compositor | undefined
    peerConnection.addEventListener('track', ({ transceiver, track }) => {
      // One picture for each page, also where it offers more, or the same again.
      if (track.kind !== 'video' || compositor?.track.readyState === 'live') return
      compositor = new Compositor(codecs, track)
      transceiver.direction = 'sendrecv'
      transceiver.sender.replaceTrack(compositor.track)
    })
  } catch (error) {
    channel.addEventListener('open', () => channel.send((error as Error).message))
  }
}

import type { PeerConnection } from '../../plugin/index.js'

export function beforeAnswer (peerConnection: PeerConnection) {
  peerConnection.addEventListener('track', ({ transceiver, track }) => {
    transceiver.direction = 'sendrecv'
    transceiver.sender.replaceTrack(track)
  })
}

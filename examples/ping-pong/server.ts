import type { PeerConnection } from '../../plugin/index.js'

export function beforeOffer (peerConnection: PeerConnection) {
  const channel = peerConnection.createDataChannel('ping-pong', { negotiated: true, id: 0 })
  channel.addEventListener('message', ({ data }) => {
    if (data === 'ping') channel.send('pong')
  })
}

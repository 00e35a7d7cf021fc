import type { PeerConnection } from '../../plugin/index.js'
import { broadcast } from '../broadcaster/broadcast.js'

export const connectionOptions = { media: true }

export function beforeOffer (peerConnection: PeerConnection) {
  broadcast.join(peerConnection, peerConnection.createDataChannel('broadcast', { negotiated: true, id: 0 }))
}

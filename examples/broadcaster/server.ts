import type { HookContext, MediaKind, MediaStreamTrack, PeerConnection } from '../../plugin/index.js'
import { broadcast } from './broadcast.js'

export function beforeAnswer (peerConnection: PeerConnection, { connection }: HookContext) {
  const tracks = new Map<MediaKind, MediaStreamTrack>()
  peerConnection.addEventListener('track', ({ track }) => { tracks.set(track.kind, track) })
  const channel = peerConnection.createDataChannel('broadcast', { negotiated: true, id: 0 })
  channel.addEventListener('message', ({ data }) => broadcast.start({ name: String(data).slice(0, 40), channel, connection, tracks }), { once: true })
}

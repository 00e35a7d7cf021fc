/** node-datachannel by itself, in a process of its own: sends each packet on as it is, to every viewer. Its argument is the address to bind. */
import native, { type PeerConnection, type Track } from 'node-datachannel'
import { isRtcp } from '../../plugin/peer/rtp-packet.js'
import { serveRtp } from './rtp-server.js'

const [bindAddress] = process.argv.slice(2)
/** Whose wrappers would be collected otherwise, and with them what they stand for. */
const kept: unknown[] = []
const viewers = new Map<string, { peer: PeerConnection, track: Track }>()

serveRtp({
  async broadcast (sdp) {
    const peer = createPeer()
    peer.onTrack(track => {
      kept.push(track)
      track.onMessage(packet => {
        if (isRtcp(packet)) return
        for (const { track } of viewers.values()) track.sendMessageBinary(packet)
      })
    })
    peer.setRemoteDescription(sdp, 'offer')
    tell(peer)
    return peer.localDescription()!.sdp
  },
  async view () {
    const peer = createPeer()
    const media = new native.Video('video', 'SendOnly')
    media.addVP8Codec(96)
    media.addSSRC(1, 'bench')
    const track = peer.addTrack(media)
    track.onMessage(() => {})
    tell(peer)
    const id = String(viewers.size)
    viewers.set(id, { peer, track })
    return { id, sdp: peer.localDescription()!.sdp }
  },
  async answer (id, sdp) { viewers.get(id)!.peer.setRemoteDescription(sdp, 'answer') }
})

function createPeer (): PeerConnection {
  const peer = new native.PeerConnection('bench', { iceServers: [], bindAddress })
  peer.onStateChange(() => {})
  kept.push(peer)
  return peer
}

/** As the examples do, whom they serve: once the channel opens. */
function tell (peer: PeerConnection): void {
  const channel = peer.createDataChannel('broadcast', { negotiated: true, id: 0 })
  channel.onOpen(() => channel.sendMessage('{}'))
  channel.onMessage(() => {})
  kept.push(channel)
}

import type { DataChannel, PeerConnection } from '../../plugin/index.js'

/** Hooks of a server that sends back what it gets: on a channel of its own when it offers, on the client's when it answers. */
export const echoHooks = {
  beforeOffer (peerConnection: PeerConnection): void {
    echo(peerConnection.createDataChannel('echo', { negotiated: true, id: 0 }))
  },
  beforeAnswer (peerConnection: PeerConnection): void {
    peerConnection.ondatachannel = ({ channel }) => echo(channel)
  }
}

export function echo (channel: DataChannel): void {
  channel.onmessage = ({ data }) => channel.send(data)
}

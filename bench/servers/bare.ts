/** Peers of node-datachannel by itself, which offer: in a process of its own, which talks to the one that forked it by messages. Its arguments are the address to bind, and one UDP port for all peers, if there is to be one. */
import native, { type DataChannel, type PeerConnection } from 'node-datachannel'
import { MessageServer } from './message-server.js'

export type BareRequest =
  | { number: number, name: 'create' }
  | { number: number, name: 'answer', id: string, sdp: string }
  | { number: number, name: 'remove', id: string }
  | { number: number, name: 'collect garbage' }

export interface BareResponse {
  number: number
  id?: string
  sdp?: string
}

const [host = '', udpPort] = process.argv.slice(2)
const range = udpPort === undefined ? {} : { enableIceUdpMux: true, portRangeBegin: Number(udpPort), portRangeEnd: Number(udpPort) }
const peers = new Map<string, { peer: PeerConnection, channel: DataChannel }>()
let count = 0

process.on('message', (request: BareRequest) => { process.send!({ number: request.number, ...obey(request) } satisfies BareResponse) })
process.on('disconnect', () => process.exit())

function obey (request: BareRequest): Omit<BareResponse, 'number'> {
  if (request.name === 'create') return create()
  if (request.name === 'collect garbage') {
    globalThis.gc!()
    return {}
  }
  const { peer, channel } = peers.get(request.id)!
  if (request.name === 'answer') {
    peer.setRemoteDescription(request.sdp, 'answer')
  } else {
    peers.delete(request.id)
    // What has come from native threads goes first: a peer that closes before can freeze.
    setImmediate(() => {
      channel.close()
      peer.close()
    })
  }
  return {}
}

function create (): Omit<BareResponse, 'number'> {
  const id = String(count++)
  const peer = new native.PeerConnection(id, { iceServers: [], bindAddress: host, maxMessageSize: 262144, ...range })
  peer.onStateChange(() => {})
  const channel = peer.createDataChannel('echo', { negotiated: true, id: 0 })
  const server = new MessageServer({
    send: data => { typeof data === 'string' ? channel.sendMessage(data) : channel.sendMessageBinary(data) },
    bufferedAmount: () => channel.bufferedAmount(),
    setLowThreshold: threshold => channel.setBufferedAmountLowThreshold(threshold)
  })
  channel.onMessage(message => server.received(message))
  channel.onBufferedAmountLow(() => server.continue())
  channel.onClosed(() => {})
  peers.set(id, { peer, channel })
  return { id, sdp: peer.localDescription()!.sdp }
}

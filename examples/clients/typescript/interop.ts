/** What client.ts does not need: candidates that come later, another peer, audio that is added: npx tsx interop.ts URL */
import type { RTCDataChannel, RTCPeerConnection } from 'werift'
import { connect, converse, createPeer, toWire, unwrap } from './client'
import { createConnection, deleteConnection, reconnectConnection, setRemoteDescription, streamEvents, type WebRtcConnection } from './signaling'
import { createClient } from './signaling/client'

const client = createClient({ baseUrl: process.argv[2]! })

for (const clientOffers of [false, true]) {
  const { peer, channel } = createPeer(clientOffers)
  const lost = await connect(client, peer, clientOffers, remoteDescription => unwrap(createConnection({ client, body: { remoteDescription, trickle: true } })))
  await addCandidates(peer, lost)
  await converse(channel)
  await peer.close()
  const path = { id: lost.id }
  const next = createPeer(clientOffers)
  const { lastEventId } = await connect(client, next.peer, clientOffers, remoteDescription => unwrap(reconnectConnection({ client, path, body: { reconnectToken: lost.reconnectToken!, remoteDescription } })))
  await converse(next.channel)
  await renegotiate(next.peer, next.channel, path, lastEventId)
  await converse(next.channel)
  await next.peer.close()
  await unwrap(deleteConnection({ client, path }))
}

/** The server's, as it finds them; the last one is empty. */
async function addCandidates (peer: RTCPeerConnection, { id, lastEventId }: WebRtcConnection): Promise<void> {
  const { stream } = await streamEvents({ client, path: { id }, query: { lastEventId } })
  for await (const event of stream) {
    if (event.type !== 'candidate') continue
    if (event.candidate.candidate === '') return
    await peer.addIceCandidate(event.candidate)
  }
}

/** The client adds audio, then the server does. Its descriptions come one after the other. */
async function renegotiate (peer: RTCPeerConnection, channel: RTCDataChannel, path: { id: string }, lastEventId: number): Promise<void> {
  peer.addTransceiver('audio')
  await peer.setLocalDescription(await peer.createOffer())
  await unwrap(setRemoteDescription({ client, path, body: toWire(peer.localDescription!) }))
  const { stream } = await streamEvents({ client, path, query: { lastEventId } })
  for await (const event of stream) {
    if (event.type !== 'description') continue
    await peer.setRemoteDescription(event.description)
    if (event.description.type === 'answer') {
      channel.send('renegotiate')
    } else {
      await peer.setLocalDescription(await peer.createAnswer())
      await unwrap(setRemoteDescription({ client, path, body: toWire(peer.localDescription!) }))
      return
    }
  }
}

import { ConnectionClient, createSignalingClient } from '../../generated-client/index.js'

const baseUrl = '/echo'
const api = createSignalingClient({ baseUrl })
const client = new ConnectionClient({ baseUrl })

/** A client by hand, whose descriptions have no candidates, nor have the server's: they go by themselves, one request for each, and come as events. */
export async function connectTrickling (whoOffers: 'client' | 'server', prepare: (peerConnection: RTCPeerConnection) => void): Promise<RTCPeerConnection> {
  const peerConnection = new RTCPeerConnection()
  const candidates: RTCIceCandidate[] = []
  let send = (candidate: RTCIceCandidate) => { candidates.push(candidate) }
  peerConnection.onicecandidate = ({ candidate }) => { if (candidate?.candidate) send(candidate) }
  if (whoOffers === 'client') prepare(peerConnection)

  const offer = whoOffers === 'client' ? await peerConnection.createOffer() : undefined
  const { data: connection } = await api.POST('/connections', { body: { trickle: true, ...offer && { remoteDescription: { type: 'offer', sdp: offer.sdp! } } } })
  const { id, lastEventId, localDescription } = connection!
  const params = { path: { id } }
  if (/candidate/.test(localDescription!.sdp)) throw new Error('expected a description without candidates')
  if (offer) await peerConnection.setLocalDescription(offer)
  await peerConnection.setRemoteDescription(localDescription!)
  if (!offer) {
    prepare(peerConnection)
    const answer = await peerConnection.createAnswer()
    await peerConnection.setLocalDescription(answer)
    await api.POST('/connections/{id}/remote-description', { params, body: { type: 'answer', sdp: answer.sdp! } })
  }
  const posted: Promise<unknown>[] = []
  send = ({ candidate, sdpMid, sdpMLineIndex, usernameFragment }) => {
    posted.push(api.POST('/connections/{id}/remote-candidates', { params, body: { candidates: [{ candidate, sdpMid: sdpMid!, sdpMLineIndex: sdpMLineIndex!, usernameFragment: usernameFragment! }] } }).catch(() => {}))
  }
  candidates.forEach(send)
  for await (const event of client.events(id, { lastEventId })) {
    if (event.type !== 'candidate') continue
    if (event.candidate.candidate === '') break
    await peerConnection.addIceCandidate(event.candidate)
  }
  const { close } = peerConnection
  peerConnection.close = () => {
    send = () => {}
    // One that overtakes the end is refused, of which the browser's console has a line.
    Promise.all(posted).then(() => api.DELETE('/connections/{id}', { params })).catch(() => {})
    close.call(peerConnection)
  }
  return peerConnection
}

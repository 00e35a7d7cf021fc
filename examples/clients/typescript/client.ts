/** Connects in both directions, has a hundred messages echoed, reads statistics and errors: npx tsx client.ts URL [TIMES] */
import { pathToFileURL } from 'node:url'
import { RTCPeerConnection, type RTCDataChannel, type RTCSessionDescription } from 'werift'
import { createClient, type Client } from './signaling/client'
import { addRemoteCandidates, createConnection, deleteConnection, getConnection, getConnectionStats, setRemoteDescription, type WebRtcConnection, type WebRtcError, type WebRtcSessionDescription } from './signaling'

/** What an operation answers. Ends the program with the error that the server answered, which is of one type whatever the status. */
export async function unwrap<T> (answer: Promise<{ data?: T, error?: WebRtcError }>): Promise<T> {
  const { data, error } = await answer
  if (data !== undefined) return data
  console.error(`${error?.statusCode} ${error?.code}: ${error?.message}`)
  process.exit(1)
}

export function toWire ({ type, sdp }: RTCSessionDescription): WebRtcSessionDescription {
  return { type: type as 'offer' | 'answer', sdp }
}

/** A peer and its channel: the server makes negotiated ones, and takes any. */
export function createPeer (clientOffers: boolean): { peer: RTCPeerConnection, channel: RTCDataChannel } {
  const peer = new RTCPeerConnection({ iceServers: [] }) // werift's default is a STUN server on the Internet.
  // An offerer of werift's would take an odd id by itself, which is for the server of DTLS (RFC 8832, 6).
  return { peer, channel: peer.createDataChannel('echo', { negotiated: !clientOffers, id: 0 }) }
}

/** Asks for a connection, with an offer or for one, and connects the peer with the server's. */
export async function connect (client: Client, peer: RTCPeerConnection, clientOffers: boolean, ask: (offer?: WebRtcSessionDescription) => Promise<WebRtcConnection>): Promise<WebRtcConnection> {
  if (clientOffers) {
    await peer.setLocalDescription(await peer.createOffer())
    const connection = await ask(toWire(peer.localDescription!))
    await peer.setRemoteDescription(connection.localDescription!)
    return connection
  }
  const connection = await ask()
  await peer.setRemoteDescription(connection.localDescription!)
  const answer = await peer.createAnswer()
  const path = { id: connection.id }
  await unwrap(setRemoteDescription({ client, path, body: toWire(answer) }))
  await peer.setLocalDescription(answer) // This connects: not before the server has the answer.
  const candidates = [...peer.localDescription!.sdp.matchAll(/^a=(candidate:.+)\r$/gm)].map(([, candidate]) => ({ candidate: candidate! }))
  await unwrap(addRemoteCandidates({ client, path, body: { candidates } }))
  return connection
}

export async function converse (channel: RTCDataChannel): Promise<void> {
  if (channel.readyState !== 'open') await new Promise<void>(resolve => { channel.onopen = resolve })
  for (let number = 0; number < 100; number++) {
    const text = 'a'.repeat(2 ** (number % 17))
    const message = number % 2 === 0 ? text : Buffer.from(text)
    const echo = new Promise<string | Buffer>(resolve => { channel.onmessage = ({ data }) => resolve(data) })
    channel.send(message)
    const data = await echo
    if (typeof data !== typeof message || data.toString() !== text) throw new Error(`expected an echo of message ${number}`)
  }
}

async function main (baseUrl: string, times = '1'): Promise<void> {
  const client = createClient({ baseUrl })
  for (let number = 0; number < 2 * Number(times); number++) {
    const { peer, channel } = createPeer(number % 2 === 1)
    const { id } = await connect(client, peer, number % 2 === 1, remoteDescription => unwrap(createConnection({ client, body: { remoteDescription } })))
    await converse(channel)
    const { handshake, dataChannels } = await unwrap(getConnectionStats({ client, path: { id } }))
    console.log(`connected after ${handshake.connected} ms, ${dataChannels[0]!.messagesReceived} messages`)
    await peer.close()
    await unwrap(deleteConnection({ client, path: { id } }))
  }
  const unknown = await getConnection({ client, path: { id: 'unknown' } })
  const invalid = await createConnection({ client, body: { remoteDescription: { type: 'offer', sdp: 'v=0' } } })
  for (const { error } of [unknown, invalid]) console.log(`${error?.statusCode} ${error?.code}`)
}

if (import.meta.url === pathToFileURL(process.argv[1]!).href) await main(process.argv[2]!, process.argv[3])

import t, { type Test } from 'tap'
import { ConnectionManager, MediaStreamTrack, type Connection, type ConnectionManagerOptions, type PeerConnection } from '../../plugin/index.js'
import type { WebRtcEvent } from '../../schemas/event.js'
import type { BoundPeer } from '../../plugin/connections/bound-peer.js'
import { offerWhenNeeded } from '../../plugin/connections/renegotiation.js'
import { within } from '../helpers/deadline.js'
import { connectMedia } from '../helpers/media.js'
import { withoutCandidates } from '../helpers/native-peer.js'
import { createPeer, next, untilState } from '../helpers/peers.js'

interface Ends {
  connections: ConnectionManager
  connection: Connection
  /** The server's peer. */
  near: PeerConnection
  /** The client's, in the same words. */
  far: PeerConnection
}

/** A connection with audio, connected, whose client takes whatever it is offered. */
async function connect (t: Test, options: ConnectionManagerOptions = {}, hook: (peerConnection: PeerConnection) => unknown = peerConnection => peerConnection.addTransceiver('audio')): Promise<Ends> {
  const log = { error: () => {}, warn: () => {} }
  const connections = new ConnectionManager({ bindAddress: '127.0.0.1', maxEventLoopDelay: Infinity, ...options })
  t.teardown(() => connections.close())
  const far = createPeer(t).peerConnection
  far.ontrack = () => {}
  const connection = await connections.createConnection({ hook, client: '127.0.0.1', log })
  const near = connection.peerConnection
  far.setRemoteDescription({ ...connection.localDescription!, sdp: withoutCandidates(connection.localDescription!.sdp) })
  far.setLocalDescription()
  await connection.setRemoteDescription(far.localDescription!)
  await Promise.all([untilState(near, 'connected'), untilState(far, 'connected')])
  return { connections, connection, near, far }
}

/** The client answers the server's offer. */
async function answer ({ connection, far }: Ends): Promise<void> {
  far.setRemoteDescription(connection.localDescription!)
  far.setLocalDescription()
  await connection.setRemoteDescription(far.localDescription!)
}

/** The client offers, and takes the server's answer. */
async function offer ({ connection, far }: Ends): Promise<void> {
  far.setLocalDescription()
  await connection.setRemoteDescription(far.localDescription!)
  far.setRemoteDescription(connection.localDescription!)
}

function directions (peerConnection: PeerConnection): (string | null)[] {
  return peerConnection.getTransceivers().map(({ currentDirection }) => currentDirection)
}

/** The types of the descriptions that the log has told of. */
function described (connection: Connection): string[] {
  const types: string[] = []
  const { events } = connection
  for (let id = 0, event: WebRtcEvent | undefined; (event = events.next(id)) !== undefined; id = event.id) if (event.type === 'description') types.push(event.description.type)
  return types
}

async function untilOffered ({ near }: Ends): Promise<void> {
  if (near.signalingState !== 'have-local-offer') await next(near, 'signalingstatechange')
}

t.test('a transceiver that is added once connected -> the server offers, an event tells of it -> both have it', async t => {
  const ends = await connect(t)
  const { connection, near, far } = ends
  t.strictSame(described(connection), ['offer'])
  near.addTransceiver('video')
  near.addTransceiver('video', { direction: 'sendonly' })
  await untilOffered(ends)
  t.strictSame(described(connection), ['offer', 'offer'], 'one for both')
  await answer(ends)
  t.strictSame([directions(near), directions(far)], [['sendonly', 'sendonly', 'sendonly'], ['recvonly', 'recvonly', 'recvonly']])
})

t.test('an offer of the client once connected -> answered at once, an event tells of it -> both have it', async t => {
  const ends = await connect(t)
  const { connection, near, far } = ends
  const tracks: string[] = []
  near.ontrack = ({ track, transceiver }) => {
    transceiver.direction = 'sendrecv'
    tracks.push(track.kind)
  }
  far.addTrack(new MediaStreamTrack('video'))
  await offer(ends)
  t.strictSame(described(connection), ['offer', 'answer'])
  t.strictSame(tracks, ['video'])
  t.strictSame([directions(near), directions(far)], [['sendonly', 'sendrecv'], ['recvonly', 'sendrecv']])
})

t.test('both offer at the same time -> the client is refused with 409, takes its own back, and offers again', async t => {
  const ends = await connect(t)
  const { connection, near, far } = ends
  near.ontrack = () => {}
  near.addTransceiver('video', { direction: 'sendonly' })
  far.addTransceiver('audio', { direction: 'sendonly' })
  far.setLocalDescription()
  await t.rejects(connection.setRemoteDescription(far.localDescription!), { code: 'FST_WEBRTC_INVALID_STATE', statusCode: 409, message: /found an offer in have-local-offer$/ })
  far.rollback()
  await answer(ends)
  await offer(ends)
  t.strictSame([directions(near), directions(far)], [['sendonly', 'sendonly', 'recvonly'], ['recvonly', 'sendonly', 'recvonly']])
})

t.test('what the application changes while its offer is not answered -> the next offer, right after', async t => {
  const ends = await connect(t)
  const { connection, near, far } = ends
  near.addTransceiver('video')
  await untilOffered(ends)
  near.addTransceiver('audio')
  await answer(ends)
  await untilOffered(ends)
  await answer(ends)
  t.equal(far.getTransceivers().length, 3)
  t.strictSame(described(connection), ['offer', 'offer', 'offer'])
})

t.test('what the application changes before it is connected -> offered when it is', async t => {
  let peer: PeerConnection | undefined
  const ends = await connect(t, { onConnected: () => {} }, peerConnection => {
    peer = peerConnection
    peerConnection.addTransceiver('audio')
    peerConnection.addEventListener('signalingstatechange', () => { if (peerConnection.signalingState === 'stable' && peerConnection.getTransceivers().length === 1) peerConnection.addTransceiver('video') })
  })
  t.equal(peer, ends.near)
  await untilOffered(ends)
  await answer(ends)
  t.equal(ends.far.getTransceivers().length, 2)
})

t.test('an offer that is not answered in time -> taken back; the far end may offer, whereupon this end does again', async t => {
  const { caller, callee, peers: [, { peerConnection: far }] } = await connectMedia(t, (caller, callee) => {
    caller.addTransceiver('audio')
    callee.ontrack = () => {}
  })
  const warnings: string[] = []
  let offers = 0
  const log = { warn: (_details: object, message: string) => warnings.push(message) }
  offerWhenNeeded({ peerConnection: caller, log } as unknown as BoundPeer, { timeToAnswer: 300, describe: () => offers++ })
  const [audio] = caller.getTransceivers()
  audio!.direction = 'inactive'
  caller.addTransceiver('video')
  await next(caller, 'signalingstatechange')
  t.equal(caller.signalingState, 'have-local-offer')
  await next(caller, 'signalingstatechange')
  t.equal(caller.signalingState, 'stable')
  t.strictSame(warnings, ['an offer was not answered'])
  callee.setLocalDescription()
  caller.setRemoteDescription(callee.localDescription!)
  caller.setLocalDescription()
  callee.setRemoteDescription(caller.localDescription!)
  await next(caller, 'signalingstatechange')
  far.setRemoteDescription(caller.localDescription!)
  far.setLocalDescription()
  caller.setRemoteDescription(far.localDescription!)
  t.strictSame(directions(far), ['inactive', 'recvonly'])
  await new Promise(resolve => setTimeout(resolve, 400))
  t.strictSame([caller.signalingState, offers, warnings.length], ['stable', 2, 1], 'what is answered is not taken back')
})

t.test('an offer that is wrong, too early, or of a restart of ICE -> refused, and everything goes on', async t => {
  const ends = await connect(t)
  const { connection, near, far } = ends
  far.addTransceiver('video')
  far.setLocalDescription()
  const { sdp } = far.localDescription!
  for (const wrong of [sdp.replaceAll(/a=ice-ufrag:.*/g, 'a=ice-ufrag:other'), sdp.replace(/^a=rtcp-mux\r\n/m, ''), sdp.replace(/^m=audio[^]*(?=^m=video)/m, ''), 'v=0']) {
    await t.rejects(connection.setRemoteDescription({ type: 'offer', sdp: wrong }), { code: 'FST_WEBRTC_INVALID_DESCRIPTION', statusCode: 400 })
  }
  t.equal(near.signalingState, 'stable')
  near.ontrack = () => {}
  await connection.setRemoteDescription({ type: 'offer', sdp })
  far.setRemoteDescription(connection.localDescription!)
  t.equal(near.getTransceivers().length, 2)
  const { connections } = ends
  const early = await connections.createConnection({ log: { error: () => {}, warn: () => {} } })
  await t.rejects(early.setRemoteDescription({ type: 'offer', sdp }), { code: 'FST_WEBRTC_INVALID_STATE' })
})

t.test('a listener of track throws, or closes the peer -> the request fails, and the connection has closed', async t => {
  for (const [listener, code, reason] of [[() => { throw new Error('mine') }, 'FST_WEBRTC_HOOK_FAILED', 'handler-error'], [(peerConnection: PeerConnection) => peerConnection.close(), 'FST_WEBRTC_PEER_FAILED', 'application']] as const) {
    const ends = await connect(t)
    const { connection, near, far } = ends
    near.ontrack = () => listener(near)
    far.addTrack(new MediaStreamTrack('video'))
    await t.rejects(offer(ends), { code })
    t.equal(await within(connection.closed, 'the end'), reason)
    t.equal(near.signalingState, 'closed')
  }
})

t.test('100 negotiations on one connection -> sections are used again, and nothing grows', async t => {
  const ends = await connect(t)
  const { connection, near, far } = ends
  near.ontrack = () => {}
  const sizes: number[] = []
  for (let round = 0; round < 50; round++) {
    const transceiver = near.addTransceiver('video')
    await untilOffered(ends)
    await answer(ends)
    const track = far.addTransceiver('audio', { direction: 'sendonly' })
    await offer(ends)
    transceiver.stop()
    track.stop()
    await untilOffered(ends)
    await answer(ends)
    if (far.getTransceivers().length > 1) await offer(ends)
    sizes.push(connection.localDescription!.sdp.match(/^m=/gm)!.length)
  }
  t.ok(Math.max(...sizes) <= 4, `found ${Math.max(...sizes)} sections`)
  t.strictSame([near.getTransceivers().length, far.getTransceivers().length], [1, 1])
  t.equal(near.connectionState, 'connected')
})

import t, { type Test } from 'tap'
import { MediaStreamTrack, type PeerConnection, type RtpTransceiver, type WebRtcSessionDescription } from '../../plugin/index.js'
import { negotiate, rtp } from '../helpers/media.js'
import { withoutCandidates } from '../helpers/native-peer.js'
import { createPeer, next } from '../helpers/peers.js'

function createTwo (t: Test): [PeerConnection, PeerConnection] {
  return [createPeer(t).peerConnection, createPeer(t).peerConnection]
}

/** The offer, by which nothing connects yet: a check that overtakes the answer fails the native peer now and then. */
function held ({ localDescription }: PeerConnection): WebRtcSessionDescription {
  return { type: 'offer', sdp: withoutCandidates(localDescription!.sdp) }
}

/** The m-lines, with mid and direction. */
function sections (peerConnection: PeerConnection, which: 'localDescription' | 'remoteDescription' = 'localDescription'): string[] {
  return peerConnection[which]!.sdp.split(/^m=/m).slice(1).map(section => {
    const [, kind, port] = /^(\S+) (\d+)/.exec(section)!
    const [, mid] = /^a=mid:(\S+)/m.exec(section)!
    const [, direction] = /^a=(sendrecv|sendonly|recvonly|inactive)/m.exec(section) ?? []
    return `${kind} ${mid} ${port === '0' ? 'rejected' : direction}`
  })
}

function states (peerConnection: PeerConnection): (string | null)[][] {
  return peerConnection.getTransceivers().map(({ mid, direction, currentDirection }) => [mid, direction, currentDirection])
}

t.test('addTransceiver -> offered, answered by one who listens for tracks -> what both want', async t => {
  const [caller, callee] = createTwo(t)
  const announced: string[] = []
  callee.ontrack = ({ track, transceiver, receiver }) => {
    t.equal(receiver.track, track)
    t.equal(transceiver.receiver, receiver)
    announced.push(`${track.kind} ${transceiver.mid}`)
  }
  caller.ontrack = ({ track }) => t.fail(`nothing is sent back, found ${track.kind}`)
  caller.addTransceiver('audio')
  caller.addTransceiver('video', { direction: 'sendonly' })
  caller.addTransceiver('video', { direction: 'recvonly' })
  t.strictSame(states(caller), [[null, 'sendrecv', null], [null, 'sendonly', null], [null, 'recvonly', null]])
  negotiate(caller, callee)
  t.strictSame(sections(caller), ['application 0 sendrecv', 'audio s0 sendrecv', 'video s1 sendonly', 'video s2 recvonly'])
  t.strictSame(sections(callee), ['application 0 sendrecv', 'audio s0 recvonly', 'video s1 recvonly', 'video s2 inactive'])
  t.strictSame(states(caller), [['s0', 'sendrecv', 'sendonly'], ['s1', 'sendonly', 'sendonly'], ['s2', 'recvonly', 'inactive']])
  t.strictSame(states(callee), [['s0', 'recvonly', 'recvonly'], ['s1', 'recvonly', 'recvonly'], ['s2', 'recvonly', 'inactive']])
  t.strictSame(announced, ['audio s0', 'video s1'])
})

t.test('an offer with audio and video -> nobody wants it -> rejected, and the peer has data channels alone', async t => {
  const [caller, callee] = createTwo(t)
  caller.addTransceiver('audio')
  caller.addTransceiver('video')
  negotiate(caller, callee)
  t.strictSame(sections(callee), ['application 0 sendrecv', 'audio s0 rejected', 'video s1 rejected'])
  t.match(callee.localDescription!.sdp, /^a=group:BUNDLE 0\r$/m)
  t.strictSame(states(caller), [])
  t.strictSame(states(callee), [])
  t.throws(() => callee.addTransceiver('audio'), { name: 'InvalidStateError', message: /expected audio or video in the first descriptions, or the option media/ })
  t.throws(() => callee.addTrack(new MediaStreamTrack('audio')), { name: 'InvalidStateError' })
})

/** The sections in the order of their kinds, in one bundle. */
function ordered (sdp: string, ...kinds: string[]): string {
  const [session = '', ...sections] = sdp.split(/^(?=m=)/m)
  const transport = /a=setup:.*\r\na=ice-ufrag:.*\r\na=ice-pwd:.*\r\n/.exec(sdp)![0]
  const chosen = kinds.map(kind => sections.find(section => section.startsWith(`m=${kind}`))!)
  const mids = chosen.map(section => /^a=mid:(\S+)/m.exec(section)![1])
  return session.replace(/BUNDLE .*(?=\r)/, `BUNDLE ${mids.join(' ')}`) + chosen.map(section => section.includes('a=setup') ? section : section + transport).join('')
}

t.test('an offer with a data section behind audio, bundled under port 0 -> answered as any other', async t => {
  const [caller, callee] = createTwo(t)
  caller.addTransceiver('audio')
  caller.setLocalDescription()
  const sdp = ordered(held(caller).sdp, 'audio', 'application').replace(/^m=application \d+/m, 'm=application 0').replace('a=sctp-port', 'a=bundle-only\r\na=sctp-port')
  for (const takes of [true, false]) {
    const end = takes ? callee : createPeer(t).peerConnection
    if (takes) end.ontrack = () => {}
    end.setRemoteDescription({ type: 'offer', sdp })
    end.setLocalDescription()
    t.strictSame(sections(end), [`audio s0 ${takes ? 'recvonly' : 'rejected'}`, 'application 0 sendrecv'])
    t.match(end.localDescription!.sdp, /^a=setup:passive\r$/m)
    t.notMatch(end.localDescription!.sdp, /^a=setup:actpass\r$/m)
  }
})

t.test('an offer with a data section, or one more, once there is none -> it is rejected, and stays so', async t => {
  const [caller, callee] = createTwo(t)
  caller.addTransceiver('audio')
  caller.setLocalDescription()
  const { sdp } = held(caller)
  callee.ontrack = () => {}
  const offer = (sdp: string) => {
    callee.setRemoteDescription({ type: 'offer', sdp })
    callee.setLocalDescription()
    return sections(callee)
  }
  t.strictSame(offer(ordered(sdp, 'audio')), ['audio s0 recvonly'])
  const more = ordered(sdp, 'audio', 'application')
  t.strictSame(offer(more), ['audio s0 recvonly', 'application 0 rejected'])
  t.strictSame(offer(more), ['audio s0 recvonly', 'application 0 rejected'])
  callee.addTransceiver('video')
  callee.setLocalDescription()
  t.strictSame(sections(callee), ['audio s0 recvonly', 'application 0 rejected', 'video s1 sendrecv'])
})

const WANTED: Record<string, [prepare: (transceiver: RtpTransceiver, peerConnection: PeerConnection) => unknown, direction: string]> = {
  'its direction is set': [transceiver => { transceiver.direction = 'recvonly' }, 'recvonly'],
  'both directions are': [transceiver => { transceiver.direction = 'sendrecv' }, 'sendrecv'],
  'a track is put into it': [transceiver => transceiver.sender.replaceTrack(new MediaStreamTrack('audio')), 'recvonly'],
  'a track is added': [(_transceiver, peerConnection) => peerConnection.addTrack(new MediaStreamTrack('audio')), 'sendrecv'],
  'tracks are listened for': [(_transceiver, peerConnection) => peerConnection.addEventListener('track', () => {}), 'recvonly']
}

for (const [name, [prepare, direction]] of Object.entries(WANTED)) {
  t.test(`an offer with audio -> ${name} -> ${direction}`, async t => {
    const [caller, callee] = createTwo(t)
    caller.addTransceiver('audio')
    caller.setLocalDescription()
    callee.setRemoteDescription(held(caller))
    const [transceiver] = callee.getTransceivers()
    prepare(transceiver!, callee)
    callee.setLocalDescription()
    t.strictSame(sections(callee), ['application 0 sendrecv', `audio s0 ${direction}`])
    t.strictSame(callee.getTransceivers(), [transceiver])
  })
}

t.test('addTrack -> before the offer comes -> its section is the offered one of the kind', async t => {
  const [caller, callee] = createTwo(t)
  caller.addTransceiver('audio')
  caller.addTransceiver('video', { direction: 'recvonly' })
  const track = new MediaStreamTrack('video')
  const sender = callee.addTrack(track)
  negotiate(caller, callee)
  t.equal(sender.track, track)
  t.strictSame(states(callee), [['s1', 'sendrecv', 'sendonly']])
  t.match(callee.localDescription!.sdp, /^a=msid:\S+ \S+\r\n[^]*^a=ssrc:\d+ cname:\S+\r$/m)
})

t.test('addTransceiver -> once connected -> negotiationneeded, once for all; offers reuse what is no longer used', async t => {
  const [caller, callee] = createTwo(t)
  callee.ontrack = () => {}
  const video = caller.addTransceiver('video')
  negotiate(caller, callee)
  let needed = 0
  caller.addEventListener('negotiationneeded', () => needed++)
  const event = next(caller, 'negotiationneeded')
  caller.addTransceiver('audio')
  caller.addTransceiver('audio', { direction: 'sendonly' })
  video.stop()
  video.stop()
  t.equal(video.direction, 'stopped')
  t.throws(() => { video.direction = 'sendrecv' }, { name: 'InvalidStateError' })
  await event
  const [, farVideo] = [callee, callee.getTransceivers()[0]!]
  negotiate(caller, callee)
  t.strictSame(sections(caller), ['application 0 sendrecv', 'video s0 rejected', 'audio s1 sendrecv', 'audio s2 sendonly'])
  t.strictSame(sections(callee), ['application 0 sendrecv', 'video s0 rejected', 'audio s1 recvonly', 'audio s2 recvonly'])
  t.strictSame([video.mid, video.currentDirection, farVideo.currentDirection, farVideo.receiver.track.readyState], [null, 'stopped', 'stopped', 'ended'])
  caller.addTransceiver('video')
  await next(caller, 'negotiationneeded')
  negotiate(caller, callee)
  t.strictSame(sections(callee), ['application 0 sendrecv', 'video s3 recvonly', 'audio s1 recvonly', 'audio s2 recvonly'])
  t.equal(needed, 2)
  t.match(caller.localDescription!.sdp, /^o=\S+ \S+ 2 /m)
  t.match(caller.localDescription!.sdp, /^a=setup:actpass/m)
  t.match(callee.localDescription!.sdp, /^a=setup:passive/m)
})

t.test('negotiation -> begun by the end that answered first -> the roles of DTLS stay', async t => {
  const [caller, callee] = createTwo(t)
  callee.ontrack = () => {}
  caller.ontrack = () => {}
  caller.addTransceiver('audio')
  negotiate(caller, callee)
  callee.addTransceiver('video')
  await next(callee, 'negotiationneeded')
  negotiate(callee, caller)
  t.strictSame(sections(caller), ['application 0 sendrecv', 'audio s0 sendonly', 'video s1 recvonly'])
  t.match(caller.localDescription!.sdp, /^a=setup:active/m)
  t.notMatch(caller.localDescription!.sdp, /^a=setup:(passive|actpass)/m)
})

t.test('direction -> changed and back in one go -> no negotiation; changed -> one', async t => {
  const [caller, callee] = createTwo(t)
  callee.ontrack = () => {}
  const transceiver = caller.addTransceiver('video', { direction: 'inactive' })
  negotiate(caller, callee)
  const events: unknown[] = []
  callee.ontrack = ({ track }) => events.push(track)
  caller.addEventListener('negotiationneeded', () => events.push('needed'))
  transceiver.direction = 'sendonly'
  transceiver.direction = 'inactive'
  await new Promise(setImmediate)
  t.strictSame(events, [])
  t.throws(() => { transceiver.direction = 'both' as 'inactive' }, { name: 'TypeError' })
  transceiver.direction = 'sendonly'
  await new Promise(setImmediate)
  t.strictSame(events, ['needed'])
  negotiate(caller, callee)
  t.strictSame([transceiver.currentDirection, callee.getTransceivers()[0]!.currentDirection], ['sendonly', 'recvonly'])
  const { track } = callee.getTransceivers()[0]!.receiver
  t.strictSame(events, ['needed', track])
  t.equal(track.muted, false)
  transceiver.direction = 'inactive'
  negotiate(caller, callee)
  t.equal(track.muted, true)
})

t.test('rollback -> an offer that nobody answered -> as if it had not been', async t => {
  const [caller, callee] = createTwo(t)
  callee.ontrack = () => {}
  caller.addTransceiver('audio')
  negotiate(caller, callee)
  const before = caller.localDescription
  const transceiver = caller.addTransceiver('video')
  caller.setLocalDescription()
  t.equal(caller.signalingState, 'have-local-offer')
  t.equal(transceiver.mid, 's1')
  caller.rollback()
  t.equal(caller.signalingState, 'stable')
  t.equal(transceiver.mid, null)
  t.strictSame(caller.localDescription, before)
  negotiate(callee, caller)
  negotiate(caller, callee)
  t.strictSame(sections(callee), ['application 0 sendrecv', 'audio s0 recvonly', 'video s2 recvonly'])
})

t.test('stop -> before the far end knows of it -> gone; after -> rejected in its next offer too', async t => {
  const [caller, callee] = createTwo(t)
  callee.ontrack = () => {}
  const unknown = caller.addTransceiver('video')
  unknown.stop()
  t.strictSame(caller.getTransceivers(), [])
  const transceiver = caller.addTransceiver('audio')
  negotiate(caller, callee)
  transceiver.stop()
  negotiate(callee, caller)
  t.strictSame(sections(caller), ['application 0 sendrecv', 'audio s0 rejected'])
  t.strictSame(sections(callee, 'remoteDescription'), ['application 0 sendrecv', 'audio s0 rejected'])
  t.strictSame([states(caller), states(callee), transceiver.currentDirection], [[], [], 'stopped'])
})

t.test('the option media -> data channels at first -> audio and video later', async t => {
  const [caller, callee] = [createPeer(t, { media: true }).peerConnection, createPeer(t, { media: true }).peerConnection]
  negotiate(caller, callee)
  t.notMatch(caller.localDescription!.sdp, 'm=video')
  callee.ontrack = () => {}
  caller.addTransceiver('video')
  await next(caller, 'negotiationneeded')
  negotiate(caller, callee)
  t.strictSame(sections(callee), ['application 0 sendrecv', 'video s0 recvonly'])
})

t.test('an offer of audio alone -> taken -> no data channels; refused -> an InvalidAccessError', async t => {
  const [caller, callee] = createTwo(t)
  caller.addTransceiver('audio')
  caller.setLocalDescription()
  const sdp = caller.localDescription!.sdp.replace(/^m=application[^]*?(?=^m=)/m, '').replace('BUNDLE 0 ', 'BUNDLE ')
  callee.setRemoteDescription({ type: 'offer', sdp })
  callee.ontrack = () => {}
  callee.setLocalDescription()
  t.strictSame(sections(callee), ['audio s0 recvonly'])
  t.equal(callee.createDataChannel('later').readyState, 'connecting')
  const { peerConnection } = createPeer(t)
  peerConnection.setRemoteDescription({ type: 'offer', sdp })
  t.throws(() => peerConnection.setLocalDescription(), { name: 'InvalidAccessError' })
})

t.test('addTransceiver, addTrack -> what is none, or one too many -> an error', async t => {
  const [caller, callee] = createTwo(t)
  t.throws(() => caller.addTransceiver('text' as 'audio'), { name: 'TypeError', message: 'addTransceiver: expected a track, audio or video' })
  t.throws(() => caller.addTransceiver(null as unknown as 'audio'), { name: 'TypeError' })
  t.throws(() => caller.addTransceiver('audio', { direction: 'stopped' as 'inactive' }), { name: 'TypeError' })
  t.throws(() => caller.addTrack(undefined as unknown as MediaStreamTrack), { name: 'TypeError' })
  t.throws(() => caller.addTransceiver('audio').sender.replaceTrack(new MediaStreamTrack('video')), { name: 'TypeError', message: 'replaceTrack: expected a track of audio, or null' })
  for (let count = 1; count < 16; count++) caller.addTransceiver(new MediaStreamTrack('audio'))
  t.throws(() => caller.addTransceiver('audio'), { name: 'OperationError', message: 'addTransceiver: expected at most 16 of them' })
  callee.ontrack = () => {}
  callee.addTransceiver('video')
  negotiate(caller, callee)
  t.equal(sections(callee).filter(section => section.endsWith('rejected')).length, 1)
  caller.close()
  t.throws(() => caller.addTransceiver('audio'), { name: 'InvalidStateError' })
  t.strictSame(caller.getTransceivers(), [])
})

t.test('stop -> while the far end looks at the offer -> it learns of it in the next', async t => {
  const [caller, callee] = createTwo(t)
  callee.ontrack = () => {}
  const transceiver = caller.addTransceiver('audio')
  caller.setLocalDescription()
  transceiver.stop()
  callee.setRemoteDescription(held(caller))
  callee.setLocalDescription()
  const needed = next(caller, 'negotiationneeded')
  caller.setRemoteDescription(callee.localDescription!)
  await needed
  t.strictSame(states(caller), [['s0', 'stopped', null]])
  negotiate(caller, callee)
  t.strictSame([states(caller), states(callee)], [[], []])
})

t.test('addTrack -> to what has not sent -> its transceiver; to what has, or may -> another', async t => {
  const [caller, callee] = createTwo(t)
  callee.ontrack = () => {}
  for (const direction of ['recvonly', 'inactive', 'sendonly'] as const) caller.addTransceiver('audio', { direction })
  negotiate(caller, callee)
  const [first, second] = caller.getTransceivers()
  const tracks = [1, 2, 3].map(() => new MediaStreamTrack('audio'))
  const senders = tracks.map(track => caller.addTrack(track))
  t.strictSame(senders.slice(0, 2), [first!.sender, second!.sender])
  t.strictSame(caller.getTransceivers().map(({ direction, sender }) => [direction, sender.track]), [['sendrecv', tracks[0]], ['sendonly', tracks[1]], ['sendonly', null], ['sendrecv', tracks[2]]])
})

t.test('an offer whose new section is rejected already -> rejected; one whose codecs are not known -> rejected', async t => {
  const [caller, callee] = createTwo(t)
  callee.ontrack = () => {}
  caller.addTransceiver('audio')
  caller.addTransceiver('video')
  caller.setLocalDescription()
  const { sdp } = caller.localDescription!
  callee.setRemoteDescription({ type: 'offer', sdp: `${sdp.replace(' s1', '').replace(/VP8|H264/g, 'VP9')}m=audio 0 UDP/TLS/RTP/SAVPF 0\r\na=mid:x\r\n` })
  callee.setLocalDescription()
  t.strictSame(sections(callee), ['application 0 sendrecv', 'audio s0 recvonly', 'video s1 rejected', 'audio x rejected'])
})

t.test('an answer that is active, and one without codecs -> this end is passive; the section is no more', async t => {
  const [caller, callee] = createTwo(t)
  callee.ontrack = () => {}
  caller.addTransceiver('audio')
  const video = caller.addTransceiver('video')
  caller.setLocalDescription()
  callee.setRemoteDescription(held(caller))
  callee.setLocalDescription()
  caller.setRemoteDescription({ type: 'answer', sdp: callee.localDescription!.sdp.replaceAll('setup:passive', 'setup:active').replace(/(m=video \d+ \S+) .*/, '$1 50') })
  t.equal(video.currentDirection, 'stopped')
  caller.setRemoteDescription({ type: 'offer', sdp: callee.localDescription!.sdp })
  caller.setLocalDescription()
  t.match(caller.localDescription!.sdp, /^a=setup:passive/m)
})

t.test('writeRtp -> before the ends are connected, and in a codec that the far end does not know -> dropped', async t => {
  const [caller, callee] = createTwo(t)
  callee.ontrack = () => {}
  const [known, unknown] = [new MediaStreamTrack('video'), new MediaStreamTrack('video', { mimeType: 'video/H264' })]
  caller.addTransceiver(known)
  const { sender } = caller.addTransceiver(unknown)
  caller.setLocalDescription()
  callee.setRemoteDescription({ type: 'offer', sdp: withoutCandidates(caller.localDescription!.sdp).replaceAll('H264', 'H265') })
  callee.setLocalDescription()
  caller.setRemoteDescription(callee.localDescription!)
  t.strictSame(sender.getParameters().codecs.map(({ mimeType }) => mimeType), ['video/VP8'])
  for (const track of [known, unknown]) track.writeRtp(rtp())
})

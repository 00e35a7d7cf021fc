import t from 'tap'
import { readIceCandidates, withoutIceCandidates, type IceCandidateInit } from '../../plugin/peer/ice-candidates.js'
import { createFarEnd, createPeer, next, offer, replacePeerConnection, untilState } from '../helpers/peers.js'
import { withoutCandidates } from '../helpers/native-peer.js'
import { silentServer } from '../helpers/silent-server.js'

const SDP = [
  'v=0', 'a=group:BUNDLE 0 1', 'm=audio 9 UDP/TLS/RTP/SAVPF 111', 'a=mid:0', 'a=ice-ufrag:abcd', 'a=candidate:1 1 UDP 2 127.0.0.1 5000 typ host', 'a=candidate:2 1 UDP 1 ::1 5001 typ host',
  'a=end-of-candidates', 'm=application 9 UDP/DTLS/SCTP webrtc-datachannel', 'a=mid:data', 'a=candidate:3 1 UDP 1 127.0.0.1 5002 typ host', ''
].join('\r\n')

t.test('readIceCandidates -> each with its media section and the ice-ufrag', async t => {
  t.strictSame(readIceCandidates(SDP), [
    { candidate: 'candidate:1 1 UDP 2 127.0.0.1 5000 typ host', sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'abcd' },
    { candidate: 'candidate:2 1 UDP 1 ::1 5001 typ host', sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'abcd' },
    { candidate: 'candidate:3 1 UDP 1 127.0.0.1 5002 typ host', sdpMid: 'data', sdpMLineIndex: 1, usernameFragment: 'abcd' }
  ])
})

t.test('withoutIceCandidates -> no candidate and no end of them', async t => {
  t.equal(withoutIceCandidates(SDP), SDP.split('\r\n').filter(line => !/candidate/.test(line)).join('\r\n'))
})

t.test('icecandidate -> once for each candidate of the description, then null', async t => {
  const { peerConnection } = createPeer(t)
  const told: (IceCandidateInit | null)[] = []
  peerConnection.onicecandidate = ({ candidate }) => told.push(candidate)
  const farEnd = createFarEnd(t)
  offer(peerConnection, farEnd)
  await Promise.all([farEnd.connected(), untilState(peerConnection, 'connected')])
  t.strictSame(told, [...readIceCandidates(peerConnection.localDescription!.sdp), null])
  t.equal(told.length, 2)
})

t.test('icecandidate while a STUN server is silent -> the host candidate at once, and no null yet', async t => {
  const { peerConnection } = createPeer(t, { iceServers: [{ urls: `stun:127.0.0.1:${await silentServer(t)}` }] })
  const told = next(peerConnection, 'icecandidate')
  peerConnection.setLocalDescription()
  t.match((await told).candidate, { candidate: /^candidate:.* typ host$/, sdpMid: '0', sdpMLineIndex: 0 })
  t.equal(peerConnection.iceGatheringState, 'gathering')
})

t.test('addIceCandidate after the answer -> connects', async t => {
  const { peerConnection } = createPeer(t, { bindAddress: '127.0.0.1' })
  const farEnd = createFarEnd(t)
  peerConnection.setLocalDescription()
  const answer = farEnd.answer(withoutCandidates(peerConnection.localDescription!.sdp))
  peerConnection.setRemoteDescription({ type: 'answer', sdp: withoutCandidates(answer) })
  for (const { candidate } of readIceCandidates(answer)) peerConnection.addIceCandidate(candidate)
  await Promise.all([farEnd.connected(), untilState(peerConnection, 'connected')])
})

t.test('addIceCandidate before there is a native peer, and what the native side refuses -> nothing happens', async t => {
  let added = 0
  replacePeerConnection(t, PeerConnection => class extends PeerConnection {
    override addRemoteCandidate () {
      added++
      throw new Error('Got a remote candidate without ICE transport')
    }
  })
  const { peerConnection, errors } = createPeer(t)
  peerConnection.addIceCandidate('candidate:1 1 UDP 1 127.0.0.1 5000 typ host')
  t.equal(added, 0)
  peerConnection.setLocalDescription()
  peerConnection.addIceCandidate('candidate:1 1 UDP 1 127.0.0.1 5000 typ host')
  t.equal(added, 1)
  t.equal(peerConnection.connectionState, 'new')
  t.strictSame(errors, [])
})

t.test('addIceCandidate after close -> nothing happens', async t => {
  const { peerConnection, errors } = createPeer(t)
  peerConnection.setLocalDescription()
  peerConnection.close()
  peerConnection.addIceCandidate('candidate:1 1 UDP 1 127.0.0.1 5000 typ host')
  await peerConnection.release()
  peerConnection.addIceCandidate('candidate:1 1 UDP 1 127.0.0.1 5000 typ host')
  t.strictSame(errors, [])
})

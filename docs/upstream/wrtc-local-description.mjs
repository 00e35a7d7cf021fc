/**
 * @roamhq/wrtc 0.10.0: to read RTCPeerConnection.localDescription during a handshake crashes the process now and then
 * (SIGSEGV in webrtc::SdpSerialize on the JavaScript thread). Worked around in generated-client/local-candidates.ts, which takes
 * the candidates from their events.
 *
 *   node docs/upstream/wrtc-local-description.mjs
 */
import wrtc from '@roamhq/wrtc'

const COUNT = 2000
let started = 0

await Promise.all(Array.from({ length: 8 }, async () => {
  while (started++ < COUNT) await connect()
}))
console.log('not reproduced in this run')

async function connect () {
  const [near, far] = [new wrtc.RTCPeerConnection(), new wrtc.RTCPeerConnection()]
  const opened = new Promise(resolve => { near.createDataChannel('x').onopen = resolve })
  await near.setLocalDescription(await near.createOffer())
  await far.setRemoteDescription(await readDescription(near))
  await far.setLocalDescription(await far.createAnswer())
  await near.setRemoteDescription(await readDescription(far))
  await opened
  near.close()
  far.close()
}

async function readDescription (peerConnection) {
  if (!peerConnection.localDescription.sdp.includes('a=candidate:')) {
    await new Promise(resolve => { peerConnection.onicecandidate = resolve })
  }
  const { type, sdp } = peerConnection.localDescription
  return { type, sdp }
}

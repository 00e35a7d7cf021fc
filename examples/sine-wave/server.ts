import type { ConnectionManagerOptions, PeerConnection } from '../../plugin/index.js'
import { SAMPLE_RATE } from '../media/opus-encoder.js'
import { OpusSource } from '../media/opus-source.js'
import { Tone } from '../media/tone.js'

/** Each has an encoder of its own, which takes some 2 % of a core. */
export const connectionOptions: ConnectionManagerOptions = { maxConnections: 20 }

export function beforeOffer (peerConnection: PeerConnection) {
  const tone = new Tone(440, SAMPLE_RATE)
  const source = new OpusSource(1, ([samples]) => tone.read(samples!, 0.5))
  source.follow(peerConnection)
  peerConnection.addTransceiver(source.track, { direction: 'sendonly' })

  const channel = peerConnection.createDataChannel('frequency', { negotiated: true, id: 0 })
  channel.addEventListener('message', ({ data }) => { tone.frequency = Number(data) })
}

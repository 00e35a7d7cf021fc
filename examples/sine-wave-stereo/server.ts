import type { ConnectionManagerOptions, PeerConnection } from '../../plugin/index.js'
import { SAMPLE_RATE } from '../media/opus-encoder.js'
import { OpusSource } from '../media/opus-source.js'
import { Tone } from '../media/tone.js'
import { Panner } from './panner.js'

/** Each has an encoder of its own, which takes some 3 % of a core. */
export const connectionOptions: ConnectionManagerOptions = { maxConnections: 20 }

export function beforeOffer (peerConnection: PeerConnection) {
  const tone = new Tone(440, SAMPLE_RATE)
  const panner = new Panner()
  const source = new OpusSource(2, ([left, right]) => {
    tone.read(left!, 0.5)
    panner.pan(left!, right!)
  })
  source.follow(peerConnection)
  peerConnection.addTransceiver(source.track, { direction: 'sendonly' })

  const channel = peerConnection.createDataChannel('controls', { negotiated: true, id: 0 })
  channel.addEventListener('message', ({ data }) => {
    const { frequency, panning } = JSON.parse(String(data))
    tone.frequency = Number(frequency)
    panner.panning = Number(panning)
  })
}

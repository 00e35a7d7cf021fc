import type { ConnectionManagerOptions, PeerConnection } from '../../plugin/index.js'
import { SAMPLE_RATE } from '../media/opus-encoder.js'
import { decodeOpus } from '../media/opus-sink.js'
import { Pitch } from '../media/pitch.js'
import { SlidingWindow } from './sliding-window.js'

/** Each takes some 3 % of a core. */
export const connectionOptions: ConnectionManagerOptions = { maxConnections: 20 }

/** 43 ms: enough to tell 50 Hz. */
const WINDOW = 2048

export async function beforeOffer (peerConnection: PeerConnection) {
  const { receiver } = peerConnection.addTransceiver('audio', { direction: 'recvonly' })
  // A pitch that comes late is worth nothing: the next one is on its way.
  const channel = peerConnection.createDataChannel('pitch', { negotiated: true, id: 0, ordered: false, maxRetransmits: 0 })
  const window = new SlidingWindow(WINDOW)
  const pitch = new Pitch(WINDOW, SAMPLE_RATE)
  await decodeOpus(receiver.track, 1, ([samples]) => {
    window.add(samples!)
    if (channel.readyState === 'open') channel.send(JSON.stringify({ pitch: pitch.find(window.samples) }))
  })
}

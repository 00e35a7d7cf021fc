import { OpusDecoder } from 'opus-decoder'
import type { MediaStreamTrack } from '../../plugin/index.js'
import { RtpOrder } from './rtp-order.js'
import { readRtpPacket } from './rtp-packet.js'

/** Told of what arrives, some 960 samples of each channel at a time, from -1 to 1. */
export type TellSamples = (channelData: Float32Array[]) => void

/**
 * Decodes what a far end sends on a track, until it ends: some 0.1 ms of the processor for 20 ms. What was lost, or comes too
 * late, is left out. Settles when the decoder is ready. What is no Opus closes the connection that it comes from.
 */
export async function decodeOpus (track: MediaStreamTrack, channels: 1 | 2, tell: TellSamples): Promise<void> {
  const decoder = new OpusDecoder({ channels })
  await decoder.ready
  if (track.readyState === 'ended') return decoder.free()
  // Nobody wants to hear what has been said before.
  const order = new RtpOrder(0)
  track.addEventListener('rtp', ({ packet: bytes }) => {
    const packet = readRtpPacket(bytes)
    if (!packet || packet.payload.length === 0) return
    for (const { packet: { payload } } of order.push(packet)) {
      const { channelData, errors } = decoder.decodeFrame(payload)
      if (errors.length > 0) throw new Error('expected Opus, found a packet that is none')
      tell(channelData)
    }
  })
  track.addEventListener('ended', () => decoder.free())
}

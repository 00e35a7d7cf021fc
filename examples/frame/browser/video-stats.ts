import type { Readings } from './readings.js'

const INTERVAL = 1000

interface VideoStats {
  /** Decoded in a second. */
  framesPerSecond: number
  /** Of what arrives. */
  width: number
  height: number
  /** Arrived in a second. */
  bitsPerSecond: number
  /** From this page's camera to this page's screen, by way of the server: encoded, sent, sent back, put together, decoded. Undefined where nothing is sent. */
  roundTripDelay?: number
}

/** Shows once a second how the video of a peer does, until the signal aborts. */
export function showVideo (peerConnection: RTCPeerConnection, signal: AbortSignal, readings: Readings<'delay' | 'rate' | 'size'> | Readings<'rate' | 'size'>): void {
  followVideo(peerConnection, signal, stats => readings.show(stats && {
    delay: stats.roundTripDelay === undefined ? undefined : `${Math.round(stats.roundTripDelay)} ms`,
    rate: stats.framesPerSecond.toFixed(0),
    size: `${stats.width} × ${stats.height}, ${Math.round(stats.bitsPerSecond / 1000)} kbit/s`
  }))
}

/** https://www.w3.org/TR/webrtc-stats/ */
interface Reports {
  pair?: RTCIceCandidatePairStats
  inbound?: RTCInboundRtpStreamStats & { totalProcessingDelay?: number }
  outbound?: RTCOutboundRtpStreamStats & { totalEncodeTime?: number, totalPacketSendDelay?: number }
}

/** Tells once a second, and undefined while none arrives. */
function followVideo (peerConnection: RTCPeerConnection, signal: AbortSignal, tell: (stats: VideoStats | undefined) => void): void {
  let before: Reports = {}
  const update = async () => {
    const now = await readReports(peerConnection)
    if (signal.aborted) return
    tell(measure(before, now))
    before = now
  }
  const timer = setInterval(update, INTERVAL)
  signal.addEventListener('abort', () => {
    clearInterval(timer)
    tell(undefined)
  })
}

async function readReports (peerConnection: RTCPeerConnection): Promise<Reports> {
  const all = [...(await peerConnection.getStats() as unknown as Map<string, RTCStats & { kind?: string, nominated?: boolean, state?: string }>).values()]
  const ofVideo = (type: string) => all.filter(stats => stats.type === type && stats.kind === 'video').at(-1)
  return {
    pair: all.find(({ type, nominated, state }) => type === 'candidate-pair' && nominated && state === 'succeeded') as RTCIceCandidatePairStats | undefined,
    inbound: ofVideo('inbound-rtp') as Reports['inbound'],
    outbound: ofVideo('outbound-rtp') as Reports['outbound']
  }
}

function measure (before: Reports, { pair, inbound, outbound }: Reports): VideoStats | undefined {
  const earlier = before.inbound
  if (!inbound || earlier?.id !== inbound.id) return undefined
  const seconds = (inbound.timestamp - earlier.timestamp) / 1000
  const frames = (inbound.framesDecoded ?? 0) - (earlier.framesDecoded ?? 0)
  if (frames === 0) return undefined
  const receiving = ((inbound.totalProcessingDelay ?? 0) - (earlier.totalProcessingDelay ?? 0)) / frames
  const sending = timeToSend(before.outbound, outbound)
  return {
    framesPerSecond: frames / seconds,
    width: inbound.frameWidth ?? 0,
    height: inbound.frameHeight ?? 0,
    bitsPerSecond: ((inbound.bytesReceived ?? 0) - (earlier.bytesReceived ?? 0)) * 8 / seconds,
    roundTripDelay: sending === undefined ? undefined : (sending + (pair?.currentRoundTripTime ?? 0) + receiving) * 1000
  }
}

/** Of a frame, in seconds. */
function timeToSend (before: Reports['outbound'], now: Reports['outbound']): number | undefined {
  if (!now || before?.id !== now.id) return undefined
  const frames = (now.framesEncoded ?? 0) - (before.framesEncoded ?? 0)
  const packets = (now.packetsSent ?? 0) - (before.packetsSent ?? 0)
  if (frames === 0 || packets === 0) return undefined
  return ((now.totalEncodeTime ?? 0) - (before.totalEncodeTime ?? 0)) / frames + ((now.totalPacketSendDelay ?? 0) - (before.totalPacketSendDelay ?? 0)) / packets
}

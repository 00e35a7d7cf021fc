import type { WebRtcCandidateStats, WebRtcStats } from '../../schemas/stats.js'
import type { NativePeerConnection } from './native.js'

type NativeCandidate = NonNullable<ReturnType<NativePeerConnection['getSelectedCandidatePair']>>['local']

/** The pair in use; undefined while there is none. */
export function readCandidatePair (native: NativePeerConnection): WebRtcStats['selectedCandidatePair'] {
  const pair = native.getSelectedCandidatePair()
  if (!pair) return undefined
  // In whole milliseconds, -1 while it is not known.
  const roundTripTime = native.rtt()
  return {
    localCandidate: toStats(pair.local),
    remoteCandidate: toStats(pair.remote),
    ...roundTripTime > 0 && { currentRoundTripTime: roundTripTime / 1000 }
  }
}

function toStats ({ address, port, transportType, type }: NativeCandidate): WebRtcCandidateStats {
  return { address, port, protocol: transportType.toLowerCase() as WebRtcCandidateStats['protocol'], candidateType: type as WebRtcCandidateStats['candidateType'] }
}

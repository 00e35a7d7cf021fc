/** A description and the candidates that were in it. */
export interface SplitDescription {
  description: RTCSessionDescriptionInit
  candidates: RTCIceCandidateInit[]
}

/** Takes the candidates out of a description, so that no check can start before they are added. */
export function splitCandidates ({ type, sdp }: { type: RTCSdpType, sdp: string }): SplitDescription {
  const candidates: RTCIceCandidateInit[] = []
  let sdpMLineIndex = -1
  const lines = sdp.split(/\r?\n/).filter(line => {
    if (line.startsWith('m=')) sdpMLineIndex++
    if (line.startsWith('a=candidate:')) candidates.push({ candidate: line.slice('a='.length), sdpMLineIndex })
    return !line.startsWith('a=candidate:') && !line.startsWith('a=end-of-candidates')
  })
  return { description: { type, sdp: lines.join('\r\n') }, candidates }
}

/** Puts candidates into a description, each into its media section. */
export function joinCandidates (sdp: string, candidates: readonly RTCIceCandidateInit[]): string {
  const [session, ...sections] = sdp.split(/^(?=m=)/m)
  for (const { candidate, sdpMLineIndex } of candidates) sections[sdpMLineIndex ?? 0] += `a=${candidate}\r\n`
  return [session, ...sections].join('')
}

/** A description and the candidates that were in it. */
export interface SplitDescription {
  description: RTCSessionDescriptionInit
  candidates: RTCIceCandidateInit[]
}

/** Time to wait for the first local candidate, in milliseconds: without one the far end learns the address from the first check, which costs it a pacing step. */
const TIME_TO_FIRST_CANDIDATE = 100
/** Time to wait for an IPv4 candidate behind an IPv6 one, in milliseconds: the server may not have IPv6. */
const TIME_TO_NEXT_CANDIDATE = 10
/** Over UDP, with an IPv4 address or an mDNS name that hides one. */
const USUAL_CANDIDATE = /^candidate:\S+ \d+ udp \d+ (\d+\.\d+\.\d+\.\d+|\S+\.local) /i

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

/**
 * Listens for a peer's candidates, from before it gathers. The returned function settles with them as soon as there is one
 * that is likely to be of use, or when there will be none soon: complete gathering takes about 100 ms longer and nothing
 * needs it.
 *
 * The peer's `localDescription` would have them too, but to read it crashes libwebrtc in Node now and then:
 * docs/upstream/wrtc-local-description.mjs
 */
export function collectCandidates (peerConnection: RTCPeerConnection): () => Promise<RTCIceCandidateInit[]> {
  const candidates: RTCIceCandidateInit[] = []
  let isUsable = false
  let onChange = () => {}
  const onCandidate = ({ candidate }: RTCPeerConnectionIceEvent) => {
    if (candidate?.candidate) candidates.push({ candidate: candidate.candidate, sdpMLineIndex: candidate.sdpMLineIndex })
    isUsable ||= !candidate || USUAL_CANDIDATE.test(candidate.candidate)
    onChange()
  }
  peerConnection.addEventListener('icecandidate', onCandidate)

  return async () => {
    await new Promise<void>(resolve => {
      let timer = setTimeout(resolve, TIME_TO_FIRST_CANDIDATE)
      onChange = () => {
        clearTimeout(timer)
        if (isUsable) resolve()
        else timer = setTimeout(resolve, TIME_TO_NEXT_CANDIDATE)
      }
      if (candidates.length > 0 || isUsable) onChange()
    })
    peerConnection.removeEventListener('icecandidate', onCandidate)
    return candidates
  }
}

/** A description and the candidates that were in it. */
export interface SplitDescription {
  description: RTCSessionDescriptionInit
  candidates: RTCIceCandidateInit[]
}

/** Time to wait for the first local candidate, in milliseconds: without one the far end learns the address from the first check, which costs it a pacing step. */
const TIME_TO_FIRST_CANDIDATE = 100
/** Time to wait for an IPv4 candidate behind an IPv6 one, in milliseconds: the server may not have IPv6. */
const TIME_TO_NEXT_CANDIDATE = 10

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

/** Settles when the local description has a candidate that is likely to be of use, or will have none soon. Complete gathering takes about 100 ms longer and nothing needs it. */
export async function firstCandidate (peerConnection: RTCPeerConnection): Promise<void> {
  if (hasUsualAddress(peerConnection.localDescription?.sdp)) return
  await new Promise<void>(resolve => {
    const settle = () => {
      clearTimeout(timer)
      peerConnection.removeEventListener('icecandidate', onCandidate)
      resolve()
    }
    const onCandidate = ({ candidate }: RTCPeerConnectionIceEvent) => {
      if (!candidate || hasUsualAddress(candidate.candidate)) return settle()
      clearTimeout(timer)
      timer = setTimeout(settle, TIME_TO_NEXT_CANDIDATE)
    }
    let timer = setTimeout(settle, TIME_TO_FIRST_CANDIDATE)
    peerConnection.addEventListener('icecandidate', onCandidate)
  })
}

/** Whether there is an IPv4 candidate over UDP, or an mDNS name in the place of one, in a description or in a candidate. */
function hasUsualAddress (text = ''): boolean {
  return /^(a=)?candidate:\S+ \d+ udp \d+ (\d+\.\d+\.\d+\.\d+|\S+\.local) /im.test(text)
}

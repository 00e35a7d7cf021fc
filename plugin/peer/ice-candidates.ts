import type { WebRtcIceCandidate } from '../../schemas/ice-candidate.js'

/** W3C RTCIceCandidateInit, without what is null: https://www.w3.org/TR/webrtc/#rtcicecandidate-interface */
export type IceCandidateInit = WebRtcIceCandidate

/** The candidates in a description of the native side's, which adds one behind the other: of a later one the first are those of an earlier one. */
export function readIceCandidates (sdp: string): IceCandidateInit[] {
  const usernameFragment = readUsernameFragment(sdp)
  const [, ...sections] = sdp.split(/^m=/m)
  return sections.flatMap((section, sdpMLineIndex) => {
    const [, sdpMid] = /^a=mid:(\S+)/m.exec(section)!
    return [...section.matchAll(/^a=(candidate:[^\r\n]+)/gm)].map(([, candidate]) => ({ candidate: candidate!, sdpMid: sdpMid!, sdpMLineIndex, usernameFragment }))
  })
}

/** The ice-ufrag, of which there is one for all media sections. */
export function readUsernameFragment (sdp: string): string {
  const [, usernameFragment] = /^a=ice-ufrag:(\S+)/m.exec(sdp)!
  return usernameFragment!
}

/** The description without its candidates, as one whose candidates follow: RFC 8838, 4. */
export function withoutIceCandidates (sdp: string): string {
  return sdp.replace(/^a=(?:candidate:.*|end-of-candidates.*)\r?\n/gm, '')
}

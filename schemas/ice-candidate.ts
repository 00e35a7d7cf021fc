import { Type, type Static } from '@sinclair/typebox'

/** The W3C's RTCIceCandidateInit, in which what is null there is absent: https://www.w3.org/TR/webrtc/#rtcicecandidate-interface */
export const WebRtcIceCandidateSchema = Type.Object({
  candidate: Type.String({ maxLength: 1024, pattern: '^(candidate:.+)?$', description: 'The candidate attribute (RFC 8839), beginning with candidate:. The empty string says that no more will come' }),
  sdpMid: Type.Optional(Type.String({ maxLength: 64, description: 'The mid of a media section. All of them share one transport, so nothing depends on it' })),
  sdpMLineIndex: Type.Optional(Type.Integer({ minimum: 0, maximum: 65535, description: 'The index of a media section' })),
  usernameFragment: Type.Optional(Type.String({ maxLength: 256, description: 'The ice-ufrag of the description that the candidate belongs to. Of another one, it is left out' }))
}, {
  $id: 'WebRtcIceCandidate',
  additionalProperties: false,
  description: 'A candidate, as RTCIceCandidate serializes itself, without what is null'
})

/** What the far end sends, and what became of it. */
export const WebRtcIceCandidatesSchema = Type.Object({
  candidates: Type.Array(Type.Ref(WebRtcIceCandidateSchema), { minItems: 1, maxItems: 64 })
}, {
  $id: 'WebRtcIceCandidates',
  additionalProperties: false,
  description: 'Candidates of the client, oldest first'
})

export const WebRtcAppliedIceCandidatesSchema = Type.Object({
  candidates: Type.Array(Type.Ref(WebRtcIceCandidateSchema))
}, {
  $id: 'WebRtcAppliedIceCandidates',
  additionalProperties: false,
  description: 'The candidates that the server uses of those that it was sent, as it uses them'
})

/** The server's, read piece by piece. */
export const WebRtcLocalIceCandidatesSchema = Type.Object({
  candidates: Type.Array(Type.Ref(WebRtcIceCandidateSchema)),
  cursor: Type.Integer({ minimum: 0, description: 'What to ask for next, as `after`' })
}, {
  $id: 'WebRtcLocalIceCandidates',
  additionalProperties: false,
  description: 'Candidates of the server, oldest first. The last of all is empty'
})

export type WebRtcIceCandidate = Static<typeof WebRtcIceCandidateSchema>
export type WebRtcIceCandidates = Static<typeof WebRtcIceCandidatesSchema>
export type WebRtcAppliedIceCandidates = Static<typeof WebRtcAppliedIceCandidatesSchema>
export type WebRtcLocalIceCandidates = Static<typeof WebRtcLocalIceCandidatesSchema>

import { Type, type Static } from '@sinclair/typebox'
import { StringEnum } from './string-enum.js'

/** RTCIceCandidateStats: https://www.w3.org/TR/webrtc-stats/#icecandidate-dict* */
export const WebRtcCandidateStatsSchema = Type.Object({
  address: Type.String({ description: 'An IP address' }),
  port: Type.Integer(),
  protocol: StringEnum(['udp', 'tcp'], 'The transport'),
  candidateType: StringEnum(['host', 'srflx', 'prflx', 'relay'], 'How the address was found')
}, {
  $id: 'WebRtcCandidateStats',
  additionalProperties: false,
  description: 'One end of the pair in use, as RTCIceCandidateStats'
})

/** RTCIceCandidatePairStats, with its candidates in place of their ids: https://www.w3.org/TR/webrtc-stats/#candidatepair-dict* */
export const WebRtcCandidatePairStatsSchema = Type.Object({
  localCandidate: Type.Ref(WebRtcCandidateStatsSchema),
  remoteCandidate: Type.Ref(WebRtcCandidateStatsSchema),
  currentRoundTripTime: Type.Optional(Type.Number({ format: 'double', description: "The latest round-trip time, in seconds, of SCTP's. Absent while none is known, and below a millisecond" }))
}, {
  $id: 'WebRtcCandidatePairStats',
  additionalProperties: false,
  description: 'The candidate pair in use, as RTCIceCandidatePairStats. localCandidate is the end of the server'
})

/** RTCDataChannelStats: https://www.w3.org/TR/webrtc-stats/#dcstats-dict* */
export const WebRtcDataChannelStatsSchema = Type.Object({
  label: Type.String({ description: 'Its first 256 characters' }),
  protocol: Type.String({ description: 'Its first 256 characters' }),
  dataChannelIdentifier: Type.Optional(Type.Integer({ description: 'The stream. Absent until it is known' })),
  state: StringEnum(['connecting', 'open', 'closing'], 'RTCDataChannel.readyState at the server'),
  messagesSent: Type.Integer({ format: 'int64', description: 'By the server' }),
  bytesSent: Type.Integer({ format: 'int64', description: 'By the server, of messages alone' }),
  messagesReceived: Type.Integer({ format: 'int64', description: 'By the server' }),
  bytesReceived: Type.Integer({ format: 'int64', description: 'By the server, of messages alone' })
}, {
  $id: 'WebRtcDataChannelStats',
  additionalProperties: false,
  description: 'A data channel that has not closed, as RTCDataChannelStats'
})

/** The steps of the handshake, which W3C's statistics do not have. */
export const WebRtcHandshakeStatsSchema = Type.Object({
  created: Type.Number({ format: 'double', description: 'When the peer was made, in milliseconds since 1970' }),
  localDescription: Type.Optional(Type.Number({ format: 'double', description: "When the server's description was made, in milliseconds since `created`" })),
  remoteDescription: Type.Optional(Type.Number({ format: 'double', description: "When the far end's description came, in milliseconds since `created`" })),
  connected: Type.Optional(Type.Number({ format: 'double', description: 'When DTLS was connected too, in milliseconds since `created`' })),
  dataChannelOpen: Type.Optional(Type.Number({ format: 'double', description: 'When the first data channel opened, in milliseconds since `created`' }))
}, {
  $id: 'WebRtcHandshakeStats',
  additionalProperties: false,
  description: 'When each step of the handshake was made for the first time. A step is absent until then'
})

/** What a peer has done so far, in the names of https://www.w3.org/TR/webrtc-stats/ */
export const WebRtcStatsSchema = Type.Object({
  timestamp: Type.Number({ format: 'double', description: 'When this was read, in milliseconds since 1970' }),
  selectedCandidatePair: Type.Optional(Type.Ref(WebRtcCandidatePairStatsSchema)),
  bytesSent: Type.Integer({ format: 'int64', description: 'Of all messages that the server has sent' }),
  bytesReceived: Type.Integer({ format: 'int64', description: 'Of all messages that the server has received' }),
  dataChannelsOpened: Type.Integer({ description: 'How many data channels have opened, as in RTCPeerConnectionStats' }),
  dataChannelsClosed: Type.Integer({ description: 'How many of them have closed, as in RTCPeerConnectionStats' }),
  dataChannels: Type.Array(Type.Ref(WebRtcDataChannelStatsSchema)),
  handshake: Type.Ref(WebRtcHandshakeStatsSchema)
}, {
  $id: 'WebRtcStats',
  additionalProperties: false,
  description: "Statistics of the server's peer, in the names of W3C's getStats() where it has them. selectedCandidatePair is absent while the peer is not connected"
})

export type WebRtcCandidateStats = Static<typeof WebRtcCandidateStatsSchema>
export type WebRtcDataChannelStats = Static<typeof WebRtcDataChannelStatsSchema>
export type WebRtcStats = Static<typeof WebRtcStatsSchema>

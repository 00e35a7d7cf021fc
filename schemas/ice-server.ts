import { Type, type Static } from '@sinclair/typebox'

/** The W3C's RTCIceServer, with its URLs in a list: https://www.w3.org/TR/webrtc/#rtciceserver-dictionary */
export const WebRtcIceServerSchema = Type.Object({
  urls: Type.Array(Type.String({ description: 'A STUN or TURN URI (RFC 7064, RFC 7065)' }), { minItems: 1 }),
  username: Type.Optional(Type.String({ description: 'For TURN' })),
  credential: Type.Optional(Type.String({ description: 'For TURN: the password. A secret, usually of a limited time' }))
}, {
  $id: 'WebRtcIceServer',
  additionalProperties: false,
  description: 'A STUN or TURN server, as RTCConfiguration.iceServers has it'
})

/** What GET /ice-servers answers. */
export const WebRtcIceServersSchema = Type.Object({
  iceServers: Type.Array(Type.Ref(WebRtcIceServerSchema))
}, {
  $id: 'WebRtcIceServers',
  additionalProperties: false,
  description: 'STUN and TURN servers for the client\'s own peer: a part of its RTCConfiguration'
})

export type WebRtcIceServer = Static<typeof WebRtcIceServerSchema>
export type WebRtcIceServers = Static<typeof WebRtcIceServersSchema>

import { Type, type Static } from '@sinclair/typebox'
import { WebRtcIceServerSchema } from './ice-server.js'
import { WebRtcSessionDescriptionSchema } from './session-description.js'
import { StringEnum } from './string-enum.js'

/** A connection, the state of the server's peer in the W3C's words, and both descriptions. */
export const WebRtcConnectionSchema = Type.Object({
  id: Type.String({ description: 'The connection\'s id. Whoever has it can use the connection' }),
  state: StringEnum(['open', 'closed'], 'Whether the server still keeps the connection'),
  connectionState: StringEnum(['new', 'connecting', 'connected', 'disconnected', 'failed', 'closed'], 'RTCPeerConnection.connectionState of the server\'s peer'),
  iceConnectionState: StringEnum(['new', 'checking', 'connected', 'completed', 'disconnected', 'failed', 'closed'], 'RTCPeerConnection.iceConnectionState of the server\'s peer'),
  iceGatheringState: StringEnum(['new', 'gathering', 'complete'], 'RTCPeerConnection.iceGatheringState of the server\'s peer'),
  signalingState: StringEnum(['stable', 'have-local-offer', 'have-remote-offer', 'closed'], 'RTCPeerConnection.signalingState of the server\'s peer'),
  lastEventId: Type.Integer({ minimum: 0, description: 'The last event that is in what is said here: whoever reads the events from here on misses none and sees none twice' }),
  localDescription: Type.Optional(Type.Ref(WebRtcSessionDescriptionSchema)),
  remoteDescription: Type.Optional(Type.Ref(WebRtcSessionDescriptionSchema)),
  iceServers: Type.Optional(Type.Array(Type.Ref(WebRtcIceServerSchema), { description: 'STUN and TURN servers for the client\'s own peer. In the answers of createConnection and reconnectConnection alone, where the server has any' })),
  reconnectToken: Type.Optional(Type.String({ description: 'A secret of whoever made the connection, by which reconnectConnection gives it a new peer. Present in the answers of createConnection and reconnectConnection alone' }))
}, {
  $id: 'WebRtcConnection',
  additionalProperties: false,
  description: 'A connection and the state of the server\'s peer. A description is absent until there is one, and in a list'
})

/** The body of POST /connections: with an offer the server answers, without one it offers. */
export const WebRtcConnectionRequestSchema = Type.Object({
  remoteDescription: Type.Optional(Type.Ref(WebRtcSessionDescriptionSchema)),
  trickle: Type.Optional(Type.Boolean({ description: 'Whether the server\'s candidates come as events, and not in its description. With true the answer does not wait for them. Default false' }))
}, {
  $id: 'WebRtcConnectionRequest',
  additionalProperties: false,
  default: {},
  description: 'Who offers: with remoteDescription (an offer) the server answers it, without it the server offers'
})

/** The body of POST /connections/{id}/reconnect: who may, and who offers. */
export const WebRtcReconnectRequestSchema = Type.Object({
  reconnectToken: Type.String({ minLength: 1, maxLength: 64, description: 'The reconnectToken of the last answer that had one' }),
  ...WebRtcConnectionRequestSchema.properties
}, {
  $id: 'WebRtcReconnectRequest',
  additionalProperties: false,
  description: 'Who asks, and who offers: with remoteDescription (an offer) the server answers it, without it the server offers'
})

export type WebRtcConnection = Static<typeof WebRtcConnectionSchema>
export type WebRtcConnectionRequest = Static<typeof WebRtcConnectionRequestSchema>
export type WebRtcReconnectRequest = Static<typeof WebRtcReconnectRequestSchema>

import { Type, type Static } from '@sinclair/typebox'
import { WebRtcConnectionSchema } from './connection.js'
import { WebRtcIceCandidateSchema } from './ice-candidate.js'
import { WebRtcSessionDescriptionSchema } from './session-description.js'
import { StringEnum } from './string-enum.js'

const id = Type.Integer({ minimum: 1, description: 'Grows by one with each event of a connection' })
const { connectionState, iceConnectionState, iceGatheringState, signalingState } = WebRtcConnectionSchema.properties

export const WebRtcDescriptionEventSchema = Type.Object({
  id,
  type: StringEnum(['description'], 'What happened'),
  description: Type.Ref(WebRtcSessionDescriptionSchema)
}, {
  $id: 'WebRtcDescriptionEvent',
  additionalProperties: false,
  description: 'The server has made an offer or an answer'
})

export const WebRtcCandidateEventSchema = Type.Object({
  id,
  type: StringEnum(['candidate'], 'What happened'),
  candidate: Type.Ref(WebRtcIceCandidateSchema)
}, {
  $id: 'WebRtcCandidateEvent',
  additionalProperties: false,
  description: 'The server has gathered a candidate that was in no description that it sent; an empty one is the last'
})

export const WebRtcStateEventSchema = Type.Object({
  id,
  type: StringEnum(['state'], 'What happened'),
  connectionState,
  iceConnectionState,
  iceGatheringState,
  signalingState
}, {
  $id: 'WebRtcStateEvent',
  additionalProperties: false,
  description: 'The server\'s peer is in another state'
})

export const WebRtcClosedEventSchema = Type.Object({
  id,
  type: StringEnum(['closed'], 'What happened'),
  reason: StringEnum(['application', 'deleted', 'peer', 'timeout', 'aborted', 'handler-error', 'limit-exceeded', 'peer-error', 'shutdown'], [
    'Why the server has closed the connection. application: it wanted to',
    'deleted: DELETE',
    'peer: the client closed, or was gone for too long',
    'timeout: it did not connect in time',
    'aborted: the client was gone before it was told of the connection',
    'handler-error: the application failed',
    'limit-exceeded: the client did more than it may',
    'peer-error: a description was refused, or no peer could be made',
    'shutdown: the server is closing'
  ].join('; '))
}, {
  $id: 'WebRtcClosedEvent',
  additionalProperties: false,
  description: 'The connection has closed. No event comes after this one'
})

const EVENTS = [WebRtcDescriptionEventSchema, WebRtcCandidateEventSchema, WebRtcStateEventSchema, WebRtcClosedEventSchema]

/** What has happened to a connection. */
export const WebRtcEventSchema = Type.Unsafe<WebRtcEvent>({
  $id: 'WebRtcEvent',
  type: 'object',
  required: ['type'],
  oneOf: EVENTS.map(({ $id }) => ({ $ref: $id })),
  discriminator: {
    propertyName: 'type',
    mapping: Object.fromEntries(EVENTS.map(({ $id, properties: { type } }) => [(type as unknown as { enum: [string] }).enum[0], `#/components/schemas/${$id}`]))
  },
  description: 'What has happened to a connection'
})

export type WebRtcDescriptionEvent = Static<typeof WebRtcDescriptionEventSchema>
export type WebRtcCandidateEvent = Static<typeof WebRtcCandidateEventSchema>
export type WebRtcStateEvent = Static<typeof WebRtcStateEventSchema>
export type WebRtcClosedEvent = Static<typeof WebRtcClosedEventSchema>
export type WebRtcEvent = WebRtcDescriptionEvent | WebRtcCandidateEvent | WebRtcStateEvent | WebRtcClosedEvent

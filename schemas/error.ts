import { Type, type Static } from '@sinclair/typebox'

/** An error as Fastify answers it, whose `code` names the cause. */
export const WebRtcErrorSchema = Type.Object({
  statusCode: Type.Integer({ description: 'The HTTP status' }),
  code: Type.Optional(Type.String({ description: 'The cause, stable across versions, for instance FST_WEBRTC_CONNECTION_NOT_FOUND. Absent where the server answers before it looks at the operation' })),
  error: Type.String({ description: 'The status in words' }),
  message: Type.String({ description: 'What was expected and what was found' })
}, {
  $id: 'WebRtcError',
  additionalProperties: false,
  description: 'Why a request was refused'
})

export type WebRtcError = Static<typeof WebRtcErrorSchema>

import { Ajv } from 'ajv'
import fastJsonStringify from 'fast-json-stringify'
import type { FastifyInstance } from 'fastify'
import { WebRtcConnectionRequestSchema, WebRtcConnectionSchema, WebRtcReconnectRequestSchema } from '../../schemas/connection.js'
import { WebRtcErrorSchema } from '../../schemas/error.js'
import { WebRtcCandidateEventSchema, WebRtcClosedEventSchema, WebRtcDescriptionEventSchema, WebRtcEventSchema, WebRtcStateEventSchema } from '../../schemas/event.js'
import { WebRtcAppliedIceCandidatesSchema, WebRtcIceCandidateSchema, WebRtcIceCandidatesSchema, WebRtcLocalIceCandidatesSchema } from '../../schemas/ice-candidate.js'
import { WebRtcIceServerSchema, WebRtcIceServersSchema } from '../../schemas/ice-server.js'
import { WebRtcSessionDescriptionSchema } from '../../schemas/session-description.js'
import { WebRtcCandidatePairStatsSchema, WebRtcCandidateStatsSchema, WebRtcDataChannelStatsSchema, WebRtcHandshakeStatsSchema, WebRtcStatsSchema } from '../../schemas/stats.js'

const SCHEMAS = [
  WebRtcErrorSchema,
  WebRtcSessionDescriptionSchema,
  WebRtcIceServerSchema, WebRtcIceServersSchema,
  WebRtcConnectionSchema, WebRtcConnectionRequestSchema, WebRtcReconnectRequestSchema,
  WebRtcCandidateStatsSchema, WebRtcCandidatePairStatsSchema, WebRtcDataChannelStatsSchema, WebRtcHandshakeStatsSchema, WebRtcStatsSchema,
  WebRtcIceCandidateSchema, WebRtcIceCandidatesSchema, WebRtcAppliedIceCandidatesSchema, WebRtcLocalIceCandidatesSchema,
  WebRtcEventSchema, WebRtcDescriptionEventSchema, WebRtcCandidateEventSchema, WebRtcStateEventSchema, WebRtcClosedEventSchema
]

/** Validates as the document says: nothing is coerced, nothing dropped. */
const ajv = new Ajv({ coerceTypes: false, removeAdditional: false, discriminator: true, schemas: SCHEMAS })
/** Everything in a query is text, where the document has numbers. */
const queryAjv = new Ajv({ coerceTypes: true, removeAdditional: false })
const serializers = new Map<string, (data: unknown) => string>()

/** Has the scope validate and serialize by the plugin's schemas, whatever the host has chosen for its own routes. */
export function useOwnSchemas (fastify: FastifyInstance): void {
  fastify.setSchemaController({ bucket: createBucket } as never)
  for (const schema of SCHEMAS) fastify.addSchema(schema)
  fastify.setValidatorCompiler(({ schema, httpPart }) => createValidator(schema as object, httpPart))
  // Errors are written in this shape, and the host's own answers as the host wrote them.
  fastify.setSerializerCompiler(({ schema, httpStatus }) => String(httpStatus).startsWith('2') ? createSerializer(schema as object) : JSON.stringify)
}

/** Without the host's schemas, of which one may have the name of one of ours. */
function createBucket () {
  const schemas: Record<string, unknown> = {}
  return {
    add: (schema: { $id: string }) => { schemas[schema.$id] = schema },
    getSchema: (id: string) => schemas[id],
    getSchemas: () => ({ ...schemas })
  }
}

/** What is wrong in AJV's words, without the details that it adds for programs: they quote the client. */
function createValidator (schema: object, httpPart = ''): (data: unknown) => boolean | { error: Error } {
  const validate = (httpPart === 'querystring' ? queryAjv : ajv).compile(schema)
  return data => validate(data) || { error: new Error(ajv.errorsText(validate.errors, { dataVar: httpPart })) }
}

function createSerializer (schema: object): (data: unknown) => string {
  const key = JSON.stringify(schema)
  let serializer = serializers.get(key)
  if (!serializer) {
    serializer = fastJsonStringify(schema, { schema: Object.fromEntries(SCHEMAS.map(schema => [schema.$id, schema])) })
    serializers.set(key, serializer)
  }
  return serializer
}

import { Type, type TObject, type TSchema } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import { WebRtcErrorSchema } from '../../schemas/error.js'

/** The path parameter of every operation on one connection. */
export const ConnectionParamsSchema = Type.Object({ id: Type.String({ minLength: 1, description: 'The id that createConnection answered with' }) })

/** Bytes that a request's body may have. */
export const BODY_LIMIT = 32768

/** What an operation with a body can answer before its handler runs. */
export const BODY_ERRORS = [400, 413, 415] as const

/** What an operation with an id in its path can answer before its handler runs, and when there is no such connection. */
export const ID_ERRORS = [400, 404, 414, 504] as const

const ERRORS = {
  400: 'The request, or the description in it, is not valid',
  403: 'The server does not list its connections, does not let pages of another origin ask for this, or knows another reconnectToken',
  404: 'There is no such connection, or not yet what was asked of it',
  409: 'The connection is in another state',
  410: 'The events after the given one are not kept any more',
  413: `The body is larger than ${BODY_LIMIT} bytes`,
  414: 'The id is longer than any id',
  415: 'The body is not application/json',
  429: 'The caller has as many connections as it may, or asks too often for a new peer. Retry-After says when to ask again',
  500: 'The application failed, in preparing its peer for instance, or no peer could be made',
  503: 'The server is closing, has as many connections as it may, is overloaded, or does not reach the one that has the connection. Retry-After says when to ask again',
  504: 'The negotiation took too long, or the server that has the connection does not answer'
}

/** What the host's own hooks, or a proxy, may answer with. Not as `default`, which is for what succeeds, too, and of one type with it in some languages. */
const OF_THE_HOST = {
  '4xx': 'Any other refusal, for instance 401: the host has not let the request through',
  '5xx': 'Any other failure, for instance 502: a proxy does not reach the server'
}

/** What the document says of an operation; the types of its handler follow from it. */
export interface Operation<Params extends TObject = TObject, Body extends TSchema = TSchema, Success extends TSchema = TSchema, Query extends TObject = TObject> {
  operationId: string
  summary: string
  description?: string
  params?: Params
  /** Parameters of others in it are the host's. */
  query?: Query
  body?: Body
  success: {
    statusCode: 200 | 201
    description: string
    /** Of a stream of events, the schema of one. */
    schema: Success
    /** Default application/json. */
    contentType?: 'text/event-stream'
    headers?: Record<string, TSchema>
  }
  errors: readonly ErrorStatus[]
  /** Whether its answer is made of those of all processes. Default false. */
  isGathered?: boolean
  /** Refuses the request, by an error, before its body is read. Default every request is admitted. */
  admit?: (request: FastifyRequest) => void
  /** Fills in, before the request is validated, what the client has said elsewhere in it. */
  complete?: (request: FastifyRequest) => void
}

export type ErrorStatus = keyof typeof ERRORS

/** The operation's answers as Fastify and the document have them. Each operation can also answer 500 when the application cannot say who asks, 503 while the server closes, and what the host's hooks say. */
export function createResponses ({ success: { statusCode, description, schema, contentType, headers }, errors }: Operation): Record<string, object> {
  const retryAfter = { 'Retry-After': Type.Integer({ description: 'Seconds after which to ask again' }) }
  return Object.fromEntries([
    [statusCode, { ...createAnswer(description, schema, contentType), headers }],
    ...[...errors, 500 as const, 503 as const].map(status => [status, { ...createAnswer(ERRORS[status], Type.Ref(WebRtcErrorSchema)), headers: status === 429 || status === 503 ? retryAfter : undefined }]),
    ...Object.entries(OF_THE_HOST).map(([statuses, description]) => [statuses, createAnswer(description, Type.Ref(WebRtcErrorSchema))])
  ])
}

function createAnswer (description: string, schema: TSchema, contentType = 'application/json'): object {
  return { description, content: { [contentType]: { schema } } }
}

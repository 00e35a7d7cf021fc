import { Type, type TSchema } from '@sinclair/typebox'
import { WebRtcErrorSchema } from '../../schemas/error.js'

/** The path parameter of every operation on one connection. */
export const ConnectionParamsSchema = Type.Object({ id: Type.String({ minLength: 1, description: 'The id that createConnection answered with' }) })

/** Bytes that a request's body may have. */
export const BODY_LIMIT = 32768

/** What an operation with a body can answer before its handler runs. */
export const BODY_ERRORS = [400, 413, 415] as const

/** What an operation with an id in its path can answer before its handler runs, and when there is no such connection. */
export const ID_ERRORS = [400, 404, 414] as const

const ERRORS = {
  400: 'The request, or the description in it, is not valid',
  403: 'The server does not list its connections',
  404: 'There is no such connection, or not yet what was asked of it',
  409: 'The connection is in another state',
  413: `The body is larger than ${BODY_LIMIT} bytes`,
  414: 'The id is longer than any id',
  415: 'The body is not application/json',
  500: 'The application failed to prepare its peer, or no peer could be made',
  503: 'Too many connections, or the server is closing. Retry-After says when to ask again',
  504: 'The negotiation took too long'
}

/** An answer's entry in the document: its description and its schema. */
export function answer<Schema extends TSchema> (description: string, schema: Schema) {
  return { description, content: { 'application/json': { schema } } }
}

/** The errors an operation can answer. Each can also answer 503 while the server closes. */
export function errors (...statusCodes: (keyof typeof ERRORS)[]) {
  return Object.fromEntries([...statusCodes, 503 as const].map(statusCode => {
    const headers = statusCode === 503 && { 'Retry-After': Type.Integer({ description: 'Seconds after which to ask again' }) }
    return [statusCode, { ...answer(ERRORS[statusCode], Type.Ref(WebRtcErrorSchema)), ...headers && { headers } }]
  }))
}

import { STATUS_CODES } from 'node:http'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { WebRtcError } from '../../schemas/error.js'

/** Answers an error in Fastify's shape. What nobody meant for the client, an error without a status, keeps its message for the log. */
export function sendError (error: FastifyError & { retryAfter?: number }, request: FastifyRequest, reply: FastifyReply): void {
  const isMeant = typeof error.statusCode === 'number' && error.statusCode >= 400
  const statusCode = isMeant ? error.statusCode! : 500
  if (statusCode >= 500) request.log.error({ err: error }, error.message)
  else request.log.info({ err: error }, error.message)

  const name = STATUS_CODES[statusCode] ?? 'Error'
  const body: WebRtcError = { statusCode, error: name, message: isMeant ? error.message : name, ...isMeant && error.code && { code: error.code } }
  if (error.retryAfter !== undefined) reply.header('retry-after', error.retryAfter)
  reply.code(statusCode).send(body)
}

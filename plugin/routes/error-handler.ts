import { STATUS_CODES } from 'node:http'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { WebRtcError } from '../../schemas/error.js'

/** Answers an error in Fastify's shape. What nobody meant for the client, an error without a status, keeps its message for the log. */
export function sendError (error: FastifyError & { status?: number, headers?: Record<string, string>, retryAfter?: number }, request: FastifyRequest, reply: FastifyReply): void {
  // A hook of the host may have set the status before it threw, as Fastify's own handler lets it.
  const meant = [error.statusCode, error.status, reply.statusCode].find(isErrorStatus)
  const statusCode = meant ?? 500
  // A 503 is a refusal, of which there may be many, and no failure.
  if (statusCode >= 500 && statusCode !== 503) request.log.error({ err: error }, error.message)
  else request.log.info({ err: error }, error.message)

  const name = STATUS_CODES[statusCode] ?? 'Error'
  const body: WebRtcError = { statusCode, error: name, message: meant ? error.message : name, ...meant && error.code && { code: error.code } }
  if (error.headers) reply.headers(error.headers)
  // The host may have said it already, with an error of its own.
  const retryAfter = error.retryAfter ?? (statusCode === 503 ? 1 : undefined)
  if (retryAfter !== undefined && !reply.hasHeader('retry-after')) reply.header('retry-after', retryAfter)
  reply.code(statusCode).send(body)
}

function isErrorStatus (statusCode: number | undefined): statusCode is number {
  return statusCode !== undefined && statusCode >= 400 && statusCode <= 599
}

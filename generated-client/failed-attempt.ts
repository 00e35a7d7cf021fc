import type { ClosedReason } from './client-connection-event.js'
import { ConnectionError } from './connection-error.js'

/** Refusals that another time may bring another answer to. */
const PASSING = [408, 409, 425, 429]

/** Why a connection has to close after an attempt that ended with the error; undefined when there may be another. */
export function reasonToClose (error: unknown): ClosedReason | undefined {
  if (!(error instanceof ConnectionError) || isForgotten(error)) return undefined
  const { code, statusCode } = error
  if (code === 'HOOK_FAILED') return 'refused'
  if (code === 'FST_WEBRTC_INVALID_RECONNECT_TOKEN') return 'taken-over'
  const isPassing = statusCode === undefined || statusCode < 400 || statusCode >= 500 || PASSING.includes(statusCode)
  return isPassing ? undefined : 'refused'
}

/** Whether the server knows nothing of the connection any more. */
export function isForgotten (error: unknown): boolean {
  return error instanceof ConnectionError && error.code === 'FST_WEBRTC_CONNECTION_NOT_FOUND'
}

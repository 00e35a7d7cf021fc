import type { FastifyReply } from 'fastify'

/** Aborts when the client is gone before it was answered. */
export function untilClientGone ({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController()
  const abort = () => { if (!raw.writableEnded) controller.abort() }
  raw.once('close', abort)
  // It may have gone while the host found out who it is.
  if (raw.destroyed) abort()
  return controller.signal
}

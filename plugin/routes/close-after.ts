import type { FastifyReply, FastifyRequest } from 'fastify'

/** Has the socket end with its answer: of those that stay open only those end with the server that are idle when it begins to close. */
export function closeAfter ({ raw }: FastifyRequest, reply: FastifyReply): void {
  if (raw.httpVersionMajor < 2) reply.header('connection', 'close')
}

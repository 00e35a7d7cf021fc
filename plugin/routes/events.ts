import { Type } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import { WebRtcEventSchema } from '../../schemas/event.js'
import { closeAfter } from './close-after.js'
import { EventStream } from './event-stream.js'
import { ConnectionParamsSchema, ID_ERRORS } from './operation.js'
import type { OwnConnectionsFor } from './own-connections.js'
import type { SignalingScope } from './scope.js'

/** The longest time after which a client may have a stream end, in milliseconds: a day. */
const MAX_TIMEOUT = 86_400_000

/** The operation that streams what happens to a connection. */
export function eventRoutes ({ add }: SignalingScope, own: OwnConnectionsFor): void {
  add('GET', '/connections/:id/events', {
    operationId: 'streamEvents',
    summary: 'Read what happens to a connection',
    description: 'Server-sent events, each with its id, its type as the name of the event, and all of it as data in JSON: the server\'s descriptions and candidates, the states of its peer, and the end. Begins after the header Last-Event-ID, or else lastEventId, or else with the current peer, and ends with the event closed.',
    params: ConnectionParamsSchema,
    query: Type.Object({
      lastEventId: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'The last event that the client knows, for instance from the connection' })),
      timeout: Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_TIMEOUT, examples: [3000], description: 'After how many milliseconds the stream ends. Without it, when the connection has closed' }))
    }),
    success: { statusCode: 200, contentType: 'text/event-stream', description: 'Events, of which this is the data of one', schema: Type.Ref(WebRtcEventSchema) },
    errors: [...ID_ERRORS, 410],
    complete: resume
  }, async (request, reply) => {
    const { events } = (await own(request)).find(request.params.id)
    const { lastEventId = events.peerStart, timeout } = request.query
    const stream = new EventStream({ events, after: lastEventId, timeout, output: reply.raw })
    // For hooks of the host's, which run before this scope's.
    reply.headers({ 'content-type': 'text/event-stream', 'cache-control': 'no-store, no-transform', 'x-accel-buffering': 'no' })
    closeAfter(request, reply)
    return stream
  })
}

/** Browsers say by a header of their own, when they come again, what they know. In the document there is no parameter for it: beside lastEventId it would have the same name in some languages. */
function resume (request: FastifyRequest): void {
  const header = request.headers['last-event-id']
  if (header !== undefined) (request.query as Record<string, unknown>).lastEventId = header
}

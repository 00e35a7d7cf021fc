import { Type } from '@sinclair/typebox'
import { WebRtcAppliedIceCandidatesSchema, WebRtcIceCandidatesSchema, WebRtcLocalIceCandidatesSchema } from '../../schemas/ice-candidate.js'
import { untilClientGone } from './client-gone.js'
import { BODY_ERRORS, ConnectionParamsSchema, ID_ERRORS } from './operation.js'
import type { OwnConnectionsFor } from './own-connections.js'
import type { SignalingScope } from './scope.js'

/** How long a request may wait for a candidate, in milliseconds. */
const MAX_WAIT = 30_000

/** The operations on the candidates of both ends that are in no description (RFC 8838). */
export function candidateRoutes ({ add }: SignalingScope, own: OwnConnectionsFor): void {
  add('POST', '/connections/:id/remote-candidates', {
    operationId: 'addRemoteCandidates',
    summary: "Add the client's candidates",
    description: 'Before or after its description; an empty one says that no more will come. Those with names in place of addresses, over TCP, for addresses to which the server does not send, and more than 30 with those of the description, are left out.',
    params: ConnectionParamsSchema,
    body: Type.Ref(WebRtcIceCandidatesSchema),
    success: { statusCode: 200, description: 'The candidates that are used, as they are used', schema: Type.Ref(WebRtcAppliedIceCandidatesSchema) },
    errors: [...BODY_ERRORS, ...ID_ERRORS, 409]
  }, async request => ({ candidates: (await own(request)).find(request.params.id).addRemoteCandidates(request.body.candidates) }))

  add('GET', '/connections/:id/local-candidates', {
    operationId: 'listLocalCandidates',
    summary: "List the server's candidates",
    description: 'For clients that cannot read events: those after a cursor, with the cursor for the next time. The last one is empty.',
    params: ConnectionParamsSchema,
    query: Type.Object({
      after: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: 0, description: 'The cursor of the answer before' })),
      wait: Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_WAIT, default: 0, description: 'How long to wait for a candidate while there is none, in milliseconds' }))
    }),
    success: { statusCode: 200, description: "The server's candidates after the cursor", schema: Type.Ref(WebRtcLocalIceCandidatesSchema) },
    errors: ID_ERRORS
  }, async (request, reply) => {
    const { after = 0, wait = 0 } = request.query
    return await (await own(request)).find(request.params.id).readLocalCandidates(after, wait, untilClientGone(reply))
  })
}

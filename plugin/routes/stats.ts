import { Type } from '@sinclair/typebox'
import { WebRtcStatsSchema } from '../../schemas/stats.js'
import { ConnectionParamsSchema, ID_ERRORS } from './operation.js'
import type { OwnConnectionsFor } from './own-connections.js'
import type { SignalingScope } from './scope.js'

/** The operation on the statistics of a connection. */
export function statsRoutes ({ add }: SignalingScope, own: OwnConnectionsFor): void {
  add('GET', '/connections/:id/stats', {
    operationId: 'getConnectionStats',
    summary: 'Get statistics',
    description: "What the server's peer has sent and received so far, over which pair of addresses, and when it made each step of the handshake.",
    params: ConnectionParamsSchema,
    success: { statusCode: 200, description: 'The statistics', schema: Type.Ref(WebRtcStatsSchema) },
    errors: ID_ERRORS
  }, async request => (await own(request)).find(request.params.id).getStats())
}

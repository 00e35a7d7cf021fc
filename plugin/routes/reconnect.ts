import { Type } from '@sinclair/typebox'
import { WebRtcConnectionSchema, WebRtcReconnectRequestSchema } from '../../schemas/connection.js'
import type { SignalingHooks } from '../options.js'
import { clientAddress } from './client-address.js'
import { untilClientGone } from './client-gone.js'
import type { IceServersFor } from './ice-servers.js'
import { BODY_ERRORS, ConnectionParamsSchema, ID_ERRORS } from './operation.js'
import type { OwnConnectionsFor } from './own-connections.js'
import type { SignalingScope } from './scope.js'

/** The operation that gives a connection a new peer: there is no ICE restart, and a connection outlives its peers. */
export function reconnectRoute ({ add }: SignalingScope, own: OwnConnectionsFor, iceServersFor: IceServersFor, { beforeOffer, beforeAnswer }: SignalingHooks): void {
  add('POST', '/connections/:id/reconnect', {
    operationId: 'reconnectConnection',
    summary: 'Give a connection a new peer',
    description: "For a client that has lost its peer, whether or not the server has noticed. The new peer takes the place of the one there is; localDescription is its offer, or the answer to the offer in remoteDescription. Needs the reconnectToken of the last answer and brings the next one. What fails leaves the connection's peer as it was.",
    params: ConnectionParamsSchema,
    body: Type.Ref(WebRtcReconnectRequestSchema),
    success: { statusCode: 200, description: 'The connection with its new peer', schema: Type.Ref(WebRtcConnectionSchema) },
    errors: [...BODY_ERRORS, ...ID_ERRORS, 403, 429]
  }, async (request, reply) => {
    const { reconnectToken, remoteDescription, trickle } = request.body
    const before = remoteDescription ? beforeAnswer : beforeOffer
    const connection = (await own(request)).find(request.params.id)
    // Before the host is asked for anything.
    connection.assertReconnectToken(reconnectToken)
    const iceServers = await iceServersFor(request, connection.principal)
    const reconnected = await connection.reconnect({
      reconnectToken,
      remoteDescription,
      trickle,
      hook: (peerConnection, connection) => before?.(peerConnection, { connection, request, isReconnect: true }),
      client: clientAddress(request),
      signal: untilClientGone(reply)
    })
    if (iceServers.length > 0) reconnected.iceServers = iceServers
    return reconnected
  })
}

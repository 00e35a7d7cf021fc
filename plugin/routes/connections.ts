import { Type } from '@sinclair/typebox'
import { WebRtcConnectionRequestSchema, WebRtcConnectionSchema, type WebRtcConnection } from '../../schemas/connection.js'
import type { ConnectionManager } from '../connections/connection-manager.js'
import { ClientGoneError, ListingDisabledError } from '../errors.js'
import type { SignalingHooks } from '../options.js'
import { clientAddress, warnOfUnknownProxy } from './client-address.js'
import { untilClientGone } from './client-gone.js'
import { refuseCrossOrigin } from './cross-origin.js'
import { BODY_ERRORS, ConnectionParamsSchema, ID_ERRORS } from './operation.js'
import type { IceServersFor } from './ice-servers.js'
import type { OwnConnectionsFor } from './own-connections.js'
import type { SignalingScope } from './scope.js'

/** The operations on connections as a whole. */
export function connectionRoutes ({ add, forwarding }: SignalingScope, connections: ConnectionManager, own: OwnConnectionsFor, iceServersFor: IceServersFor, { beforeOffer, beforeAnswer, listConnections }: SignalingHooks): void {
  add('POST', '/connections', {
    operationId: 'createConnection',
    summary: 'Create a connection',
    description: 'Without a body the server offers: localDescription is its offer, to be answered with setRemoteDescription. With an offer in remoteDescription the server answers it: localDescription is the answer.',
    body: Type.Ref(WebRtcConnectionRequestSchema),
    success: {
      statusCode: 201,
      description: 'The connection. Location has its path',
      schema: Type.Ref(WebRtcConnectionSchema),
      headers: { Location: Type.String({ description: 'The path of the connection' }) }
    },
    errors: [...BODY_ERRORS, 403, 429, 504],
    admit: ({ ip }) => connections.assertRoom({ address: ip })
  }, async (request, reply) => {
    refuseCrossOrigin(request, reply)
    const { remoteDescription, trickle } = request.body
    const { principal } = await own(request)
    const iceServers = await iceServersFor(request, principal)
    const before = remoteDescription ? beforeAnswer : beforeOffer
    warnOfUnknownProxy(request)
    const gone = untilClientGone(reply)
    if (gone.aborted) throw new ClientGoneError()
    const connection = await connections.createConnection({
      remoteDescription,
      trickle,
      hook: (peerConnection, connection) => {
        // Nobody will ever use a connection of which the client was not told the id.
        gone.addEventListener('abort', () => connection.close('aborted'))
        return before?.(peerConnection, { connection, request, isReconnect: false })
      },
      principal,
      client: clientAddress(request),
      address: request.ip,
      log: request.log
    })
    const [path = ''] = request.originalUrl.split(/[?#]/)
    reply.code(201).header('location', `${path.replace(/\/$/, '')}/${encodeURIComponent(connection.id)}`)
    const created = connection.toNegotiated()
    if (iceServers.length > 0) created.iceServers = iceServers
    return created
  })

  add('GET', '/connections', {
    operationId: 'listConnections',
    summary: 'List the connections',
    description: "Ids and states alone, of the caller's own connections where the server tells callers apart. Off unless the server turns it on: whoever has an id can use the connection.",
    success: {
      statusCode: 200,
      description: 'The connections',
      schema: Type.Array(Type.Ref(WebRtcConnectionSchema)),
      headers: { 'Webrtc-Partial': Type.String({ enum: ['true'], description: 'There where some of several servers have not answered: their connections are not in the list' }) }
    },
    errors: [403],
    isGathered: true
  }, async (request, reply) => {
    if (!listConnections) throw new ListingDisabledError()
    const connections = (await own(request)).list().map(connection => connection.toSummary())
    const elsewhere = await forwarding?.askAll('GET /connections', request) ?? []
    if (elsewhere.includes(undefined)) reply.header('webrtc-partial', 'true')
    return connections.concat(...elsewhere.filter(Array.isArray) as WebRtcConnection[][])
  })

  add('GET', '/connections/:id', {
    operationId: 'getConnection',
    summary: 'Get a connection',
    params: ConnectionParamsSchema,
    success: { statusCode: 200, description: 'The connection', schema: Type.Ref(WebRtcConnectionSchema) },
    errors: ID_ERRORS
  }, async request => (await own(request)).find(request.params.id).toJSON())

  add('DELETE', '/connections/:id', {
    operationId: 'deleteConnection',
    summary: 'Close a connection',
    params: ConnectionParamsSchema,
    success: { statusCode: 200, description: 'The connection as it was closed', schema: Type.Ref(WebRtcConnectionSchema) },
    errors: [...BODY_ERRORS, ...ID_ERRORS]
  }, async request => {
    const connection = (await own(request)).find(request.params.id)
    connection.close('deleted')
    return connection.toJSON()
  })
}

import { Type } from '@sinclair/typebox'
import { WebRtcConnectionRequestSchema, WebRtcConnectionSchema } from '../../schemas/connection.js'
import type { ConnectionManager } from '../connections/connection-manager.js'
import type { Connection } from '../connections/connection.js'
import { ConnectionNotFoundError, ListingDisabledError } from '../errors.js'
import type { SignalingHooks } from '../options.js'
import { clientAddress } from './client-address.js'
import { BODY_ERRORS, ConnectionParamsSchema, ID_ERRORS } from './operation.js'
import type { SignalingScope } from './scope.js'

/** The operations on connections as a whole. */
export function connectionRoutes ({ add }: SignalingScope, connections: ConnectionManager, { beforeOffer, beforeAnswer, listConnections }: SignalingHooks): void {
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
    errors: [...BODY_ERRORS, 500, 504]
  }, async (request, reply) => {
    const { remoteDescription } = request.body
    const before = remoteDescription ? beforeAnswer : beforeOffer
    const connection = await connections.createConnection({
      remoteDescription,
      hook: (peerConnection, connection) => before?.(peerConnection, { connection, request }),
      client: clientAddress(request),
      log: request.log
    })
    const [path = ''] = request.originalUrl.split(/[?#]/)
    reply.code(201).header('location', `${path.replace(/\/$/, '')}/${encodeURIComponent(connection.id)}`)
    return connection.toJSON()
  })

  add('GET', '/connections', {
    operationId: 'listConnections',
    summary: 'List the connections',
    description: 'Ids and states alone. Off unless the server turns it on: whoever has an id can use the connection.',
    success: { statusCode: 200, description: 'The connections', schema: Type.Array(Type.Ref(WebRtcConnectionSchema)) },
    errors: [403]
  }, async () => {
    if (!listConnections) throw new ListingDisabledError()
    return connections.getConnections().map(connection => connection.toSummary())
  })

  add('GET', '/connections/:id', {
    operationId: 'getConnection',
    summary: 'Get a connection',
    params: ConnectionParamsSchema,
    success: { statusCode: 200, description: 'The connection', schema: Type.Ref(WebRtcConnectionSchema) },
    errors: ID_ERRORS
  }, async ({ params: { id } }) => findConnection(connections, id).toJSON())

  add('DELETE', '/connections/:id', {
    operationId: 'deleteConnection',
    summary: 'Close a connection',
    params: ConnectionParamsSchema,
    success: { statusCode: 200, description: 'The connection as it was closed', schema: Type.Ref(WebRtcConnectionSchema) },
    errors: [...BODY_ERRORS, ...ID_ERRORS]
  }, async ({ params: { id } }) => {
    const connection = findConnection(connections, id)
    connection.close('deleted')
    return connection.toJSON()
  })
}

/** One error for every cause: nothing tells an id that was from one that never was. */
export function findConnection (connections: ConnectionManager, id: string): Connection {
  const connection = connections.getConnection(id)
  if (!connection) throw new ConnectionNotFoundError()
  return connection
}

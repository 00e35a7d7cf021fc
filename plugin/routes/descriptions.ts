import { Type } from '@sinclair/typebox'
import { WebRtcSessionDescriptionSchema } from '../../schemas/session-description.js'
import type { ConnectionManager } from '../connections/connection-manager.js'
import { NoLocalDescriptionError, NoRemoteDescriptionError } from '../errors.js'
import { findConnection } from './connections.js'
import { BODY_ERRORS, ConnectionParamsSchema, ID_ERRORS } from './operation.js'
import type { SignalingScope } from './scope.js'

/** The operations on the two descriptions of a connection. */
export function descriptionRoutes ({ add }: SignalingScope, connections: ConnectionManager): void {
  const schema = Type.Ref(WebRtcSessionDescriptionSchema)

  add('GET', '/connections/:id/local-description', {
    operationId: 'getLocalDescription',
    summary: "Get the server's description",
    params: ConnectionParamsSchema,
    success: { statusCode: 200, description: "The server's description, with the candidates gathered so far", schema },
    errors: ID_ERRORS
  }, async ({ params: { id } }) => {
    const { localDescription } = findConnection(connections, id)
    if (!localDescription) throw new NoLocalDescriptionError()
    return localDescription
  })

  add('GET', '/connections/:id/remote-description', {
    operationId: 'getRemoteDescription',
    summary: "Get the client's description",
    params: ConnectionParamsSchema,
    success: { statusCode: 200, description: "The client's description as it was applied", schema },
    errors: ID_ERRORS
  }, async ({ params: { id } }) => {
    const { remoteDescription } = findConnection(connections, id)
    if (!remoteDescription) throw new NoRemoteDescriptionError()
    return remoteDescription
  })

  add('POST', '/connections/:id/remote-description', {
    operationId: 'setRemoteDescription',
    summary: "Answer the server's offer",
    description: 'Candidates may be part of the answer. Those with names in place of addresses, over TCP, or for addresses to which the server does not send are left out.',
    params: ConnectionParamsSchema,
    body: schema,
    success: { statusCode: 200, description: 'The description as it was applied', schema },
    errors: [...BODY_ERRORS, ...ID_ERRORS, 409]
  }, async ({ params: { id }, body }) => await findConnection(connections, id).setRemoteDescription(body))
}

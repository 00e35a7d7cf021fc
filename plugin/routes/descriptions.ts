import { Type } from '@sinclair/typebox'
import { WebRtcSessionDescriptionSchema, type WebRtcSessionDescription } from '../../schemas/session-description.js'
import type { ConnectionManager } from '../connections/connection-manager.js'
import { ConnectionNotFoundError, NoRemoteDescriptionError } from '../errors.js'
import { findConnection } from './connections.js'
import { answer, BODY_ERRORS, ConnectionParamsSchema, errors, ID_ERRORS } from './operation.js'
import type { SignalingScope } from './scope.js'

interface DescriptionRoute {
  Params: { id: string }
  Reply: WebRtcSessionDescription
}

/** The operations on the two descriptions of a connection. */
export function descriptionRoutes ({ operation }: SignalingScope, connections: ConnectionManager): void {
  const description = Type.Ref(WebRtcSessionDescriptionSchema)

  operation<DescriptionRoute>('GET', '/connections/:id/local-description', {
    operationId: 'getLocalDescription',
    summary: "Get the server's description",
    params: ConnectionParamsSchema,
    response: { 200: answer("The server's description, with the candidates gathered so far", description), ...errors(...ID_ERRORS) }
  }, async request => {
    const { localDescription } = findConnection(connections, request)
    // The id is not known to anybody before there is an offer, unless the application told it.
    if (!localDescription) throw new ConnectionNotFoundError()
    return localDescription
  })

  operation<DescriptionRoute>('GET', '/connections/:id/remote-description', {
    operationId: 'getRemoteDescription',
    summary: "Get the client's description",
    params: ConnectionParamsSchema,
    response: { 200: answer("The client's description as it was applied", description), ...errors(...ID_ERRORS) }
  }, async request => {
    const { remoteDescription } = findConnection(connections, request)
    if (!remoteDescription) throw new NoRemoteDescriptionError()
    return remoteDescription
  })

  operation<DescriptionRoute & { Body: WebRtcSessionDescription }>('POST', '/connections/:id/remote-description', {
    operationId: 'setRemoteDescription',
    summary: "Answer the server's offer",
    description: 'Candidates may be part of the answer. Those with names in place of addresses, over TCP, or for addresses to which the server does not send are left out.',
    params: ConnectionParamsSchema,
    body: description,
    response: { 200: answer('The description as it was applied', description), ...errors(...BODY_ERRORS, ...ID_ERRORS, 409) }
  }, async request => await findConnection(connections, request).setRemoteDescription(request.body))
}

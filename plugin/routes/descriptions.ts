import { Type } from '@sinclair/typebox'
import { WebRtcSessionDescriptionSchema } from '../../schemas/session-description.js'
import { NoLocalDescriptionError, NoRemoteDescriptionError } from '../errors.js'
import { BODY_ERRORS, ConnectionParamsSchema, ID_ERRORS } from './operation.js'
import type { OwnConnectionsFor } from './own-connections.js'
import type { SignalingScope } from './scope.js'

/** The operations on the two descriptions of a connection. */
export function descriptionRoutes ({ add }: SignalingScope, own: OwnConnectionsFor): void {
  const schema = Type.Ref(WebRtcSessionDescriptionSchema)

  add('GET', '/connections/:id/local-description', {
    operationId: 'getLocalDescription',
    summary: "Get the server's description",
    params: ConnectionParamsSchema,
    success: { statusCode: 200, description: "The server's description, with the candidates gathered so far", schema },
    errors: ID_ERRORS
  }, async request => {
    const { localDescription } = (await own(request)).find(request.params.id)
    if (!localDescription) throw new NoLocalDescriptionError()
    return localDescription
  })

  add('GET', '/connections/:id/remote-description', {
    operationId: 'getRemoteDescription',
    summary: "Get the client's description",
    params: ConnectionParamsSchema,
    success: { statusCode: 200, description: "The client's description as it was applied", schema },
    errors: ID_ERRORS
  }, async request => {
    const { remoteDescription } = (await own(request)).find(request.params.id)
    if (!remoteDescription) throw new NoRemoteDescriptionError()
    return remoteDescription
  })

  add('POST', '/connections/:id/remote-description', {
    operationId: 'setRemoteDescription',
    summary: "Answer the server's offer, or offer again",
    description: 'An offer is taken once the connection is connected, and changes audio and video: localDescription is the answer then, of which an event tells as well. While an offer of the server is not answered it is refused with 409: the client takes its own back and answers. Candidates may be part of the answer. Those with names in place of addresses, over TCP, or for addresses to which the server does not send are left out.',
    params: ConnectionParamsSchema,
    body: schema,
    success: { statusCode: 200, description: 'The description as it was applied', schema },
    errors: [...BODY_ERRORS, ...ID_ERRORS, 409]
  }, async request => await (await own(request)).find(request.params.id).setRemoteDescription(request.body))
}

import { Type } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import { WebRtcIceServersSchema, type WebRtcIceServer } from '../../schemas/ice-server.js'
import { askForIceServers, toClientIceServers } from '../connections/client-ice-servers.js'
import type { ConnectionManager } from '../connections/connection-manager.js'
import type { SignalingHooks } from '../options.js'
import { refuseCrossOrigin } from './cross-origin.js'
import type { OwnConnectionsFor } from './own-connections.js'
import type { SignalingScope } from './scope.js'

/** What a request's client is told of ICE servers. */
export type IceServersFor = (request: FastifyRequest, principal: string | undefined) => Promise<WebRtcIceServer[]>

/** The operation by which a client that offers knows them before it makes its peer. */
export function iceServerRoutes ({ add }: SignalingScope, own: OwnConnectionsFor, iceServersFor: IceServersFor): void {
  add('GET', '/ice-servers', {
    operationId: 'listIceServers',
    summary: 'List the ICE servers for clients',
    description: 'STUN and TURN servers for the client\'s own peer, with credentials that may be of a limited time: to be asked for when a peer is made. A client that lets the server offer gets them with its connection.',
    success: { statusCode: 200, description: 'The ICE servers; none where the server has none for clients', schema: Type.Ref(WebRtcIceServersSchema) },
    errors: [403, 504]
  }, async (request, reply) => {
    refuseCrossOrigin(request, reply)
    const { principal } = await own(request)
    return { iceServers: await iceServersFor(request, principal) }
  })
}

/** From the option. Rejects with HookFailed when the host's function fails or says something else than ICE servers, with NegotiationTimedOut when it takes longer than a connection may. */
export function createIceServersFor ({ timeToConnected }: ConnectionManager, clientIceServers: SignalingHooks['clientIceServers'] = []): IceServersFor {
  if (typeof clientIceServers === 'function') return (request, principal) => askForIceServers(() => clientIceServers(request, { principal }), timeToConnected)
  const iceServers = toClientIceServers(clientIceServers)
  return async () => iceServers
}

import fastifyPlugin from 'fastify-plugin'
import type { FastifyPluginAsync } from 'fastify'
import type { SignalingOptions } from './options.js'
import { signaling } from './routes/signaling.js'

/** Puts server-side WebRTC peers behind a typed HTTP API: `fastify.register(signaling, { prefix, beforeOffer })`. */
const plugin: FastifyPluginAsync<SignalingOptions> = fastifyPlugin(signaling, { name: 'fastify-webrtc', fastify: '5.x', encapsulate: true })

export default plugin

export { ConnectionManager } from './connections/connection-manager.js'
export type { CreateConnectionInit } from './connections/connection-manager.js'
export type { CloseReason } from './connections/close-reason.js'
export type { Connection } from './connections/connection.js'
export type { Log } from './connections/connection-log.js'
export type { AdvertisedAddress } from './connections/advertise.js'
export type { ClientAddress, RemoteCandidatePolicy } from './connections/remote-candidates.js'
export type { ConnectionManagerOptions, HookContext, PeerConnectionHook, SignalingHooks, SignalingOptions } from './options.js'
export type { DataChannel, DataChannelErrorEvent, DataChannelEvent, DataChannelEventMap, DataChannelMessageEvent, DataChannelState } from './peer/data-channel.js'
export type { DataChannelInit } from './peer/data-channel-init.js'
export type { IceServer } from './peer/ice-servers.js'
export { checkLiveness } from './peer/liveness.js'
export type { LivenessOptions } from './peer/liveness.js'
export type { PeerLimit, PeerLimits } from './peer/limits.js'
export type { PeerConfiguration } from './peer/native.js'
export type { IceConnectionState, IceGatheringState, PeerConnection, PeerConnectionDataChannelEvent, PeerConnectionEvent, PeerConnectionEventMap, PeerConnectionState, SignalingState } from './peer/peer-connection.js'
export type { Listener, ListenerOptions } from './peer/safe-event-target.js'
export { WebRtcConnectionRequestSchema, WebRtcConnectionSchema } from '../schemas/connection.js'
export type { WebRtcConnection, WebRtcConnectionRequest } from '../schemas/connection.js'
export { WebRtcErrorSchema } from '../schemas/error.js'
export type { WebRtcError } from '../schemas/error.js'
export { WebRtcSessionDescriptionSchema } from '../schemas/session-description.js'
export type { WebRtcSessionDescription } from '../schemas/session-description.js'

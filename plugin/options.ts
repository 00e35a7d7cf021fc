import { isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'
import type { Cluster } from './cluster/cluster.js'
import type { AdvertisedAddress } from './connections/advertise.js'
import type { CloseReason } from './connections/close-reason.js'
import type { Connection } from './connections/connection.js'
import type { ConnectionManager } from './connections/connection-manager.js'
import { toClientIceServers } from './connections/client-ice-servers.js'
import { createRemoteCandidateFilter, type RemoteCandidatePolicy } from './connections/remote-candidates.js'
import { InvalidOptionError } from './errors.js'
import { accepts, callback, checkOptions, integer, limit, port, satisfies, show, time, type Checks } from './option-checks.js'
import { hasTurnServer, toNativeIceServers, type IceServer } from './peer/ice-servers.js'
import { DEFAULT_PEER_LIMITS, MAX_DATA_CHANNELS, MAX_MESSAGE_SIZE, type PeerLimit, type PeerLimits } from './peer/limits.js'
import type { PeerConfiguration } from './peer/native.js'
import type { PeerConnection } from './peer/peer-connection.js'
import { randomText } from './random-text.js'

/** What a manager of connections can be told. A limit of Infinity is none, where nothing else is said. */
export interface ConnectionManagerOptions extends PeerConfiguration, PeerLimits {
  /** Time from the creation of a connection to a connected peer, in milliseconds. Default 10000. */
  timeToConnected?: number
  /** Time to gather candidates in, in milliseconds: what is there by then is used. Default 3000. */
  timeToHostCandidates?: number
  /** Time that a connection stays after its peer was lost, in milliseconds. Default 60000. */
  timeToReconnected?: number
  /** How many new peers a connection may be given in any minute: see reconnectConnection. Default 30. */
  maxReconnectsPerMinute?: number
  /** Makes an id; whoever has it can use the connection, so at least 128 bits of it should be random. Default 22 characters of base64url from node:crypto. */
  generateId?: () => string
  /** How many connections there may be at a time. Default 2000. */
  maxConnections?: number
  /** How many of them may not be connected yet. Default 200. */
  maxPendingConnections?: number
  /** How many connections of one principal there may be at a time: see `identify`. Default 100. */
  maxConnectionsPerPrincipal?: number
  /** How many of them may not be connected yet. Default 20. */
  maxPendingConnectionsPerPrincipal?: number
  /** How many connections there may be at a time from one address, as Fastify's `trustProxy` sees it; from one /64 network of IPv6. Default 500. */
  maxConnectionsPerAddress?: number
  /** How many of them may not be connected yet. Default 50. */
  maxPendingConnectionsPerAddress?: number
  /** How late the event loop may be before no more connections are made, in milliseconds. Default 100. */
  maxEventLoopDelay?: number
  /** The address, and the port where it differs, to tell the far end in place of the local one (1:1 NAT, containers). Default the local one. */
  advertise?: string | AdvertisedAddress
  /** Where the server may send: `public` addresses, and private ones for clients that are there themselves; `any`; `none`; or a list of networks. Default `public`. */
  remoteCandidates?: RemoteCandidatePolicy
  /** Called when a connection's peer has connected. */
  onConnected?: (connection: Connection) => unknown
  /** Called when a connection's peer has lost its far end. */
  onDisconnected?: (connection: Connection) => unknown
  /** Called once for each connection, when it has closed. */
  onClosed?: (connection: Connection, reason: CloseReason) => unknown
  /** Called with the name of the option when a far end does more than it may: once for each connection and option. */
  onLimitExceeded?: (connection: Connection, limit: PeerLimit) => unknown
}

/** What a hook is told beside the peer. */
export interface HookContext {
  connection: Connection
  /** The request that creates the connection, or gives it another peer. */
  request: FastifyRequest
  /** Whether the connection had a peer before: `connection.context` is as the application left it, and `connection.peerConnection` is the old peer until the new one has its description. */
  isReconnect: boolean
}

/** Prepares a peer: makes its channels, adds its listeners. When it throws or rejects, the request fails with 500 and the peer is gone; one that a reconnect would have replaced stays. */
export type PeerConnectionHook = (peerConnection: PeerConnection, context: HookContext) => unknown

/** Says of which ICE servers the client of a request is told. May be async. When it throws, rejects, or says something else, the request fails with 500. */
export type ClientIceServersHook = (request: FastifyRequest, context: { principal: string | undefined }) => IceServer[] | Promise<IceServer[]>

export interface SignalingHooks {
  /** Runs before the server offers; for each peer of a connection that reconnects. */
  beforeOffer?: PeerConnectionHook
  /** Runs before the server answers a client's offer; for each peer of a connection that reconnects. */
  beforeAnswer?: PeerConnectionHook
  /** Says on whose behalf a request is, from what the host's own authentication found out. A connection exists for its principal alone. Undefined, not null, is nobody. Default nobody's: whoever has the id can use it. */
  identify?: (request: FastifyRequest) => string | undefined | Promise<string | undefined>
  /** The STUN and TURN servers of the clients' own peers: a list, or a function of the request, such as `turnCredentials` makes. Whoever may make a connection gets them. Default none. */
  clientIceServers?: IceServer[] | ClientIceServersHook
  /** Whether GET /connections lists the connections; their ids are capabilities; with `identify` those of the principal. Default false: it answers 403. */
  listConnections?: boolean
}

/** What the plugin can be told. */
export interface SignalingOptions extends SignalingHooks, ConnectionManagerOptions {
  /** The host's own manager, made with the options of a manager in place of giving them here. It closes with the application. Default one for each registration. */
  connections?: ConnectionManager
  /** The processes that serve the same connections: see natsCluster in fastify-webrtc/cluster-nats. One for all registrations of a process, which it closes with. Parameters of the prefix are whole segments then. Default this process alone. */
  cluster?: Cluster
}

export type ResolvedManagerOptions =
  & Required<Pick<ConnectionManagerOptions, keyof typeof DEFAULTS>>
  & Omit<ConnectionManagerOptions, 'advertise'> & { advertise?: AdvertisedAddress }

const DEFAULTS = {
  timeToConnected: 10000,
  timeToHostCandidates: 3000,
  timeToReconnected: 60000,
  maxReconnectsPerMinute: 30,
  maxConnections: 2000,
  maxPendingConnections: 200,
  maxConnectionsPerPrincipal: 100,
  maxPendingConnectionsPerPrincipal: 20,
  maxConnectionsPerAddress: 500,
  maxPendingConnectionsPerAddress: 50,
  maxEventLoopDelay: 100,
  ...DEFAULT_PEER_LIMITS,
  remoteCandidates: 'public',
  generateId: randomText
} satisfies ConnectionManagerOptions

const boolean = satisfies('a boolean', value => typeof value === 'boolean')
const address = satisfies('an IP address', value => typeof value === 'string' && isIP(value) !== 0)

const MANAGER_CHECKS: Checks<ConnectionManagerOptions> = {
  timeToConnected: time,
  timeToHostCandidates: time,
  timeToReconnected: time,
  maxReconnectsPerMinute: limit,
  generateId: callback,
  maxConnections: limit,
  maxPendingConnections: limit,
  maxConnectionsPerPrincipal: limit,
  maxPendingConnectionsPerPrincipal: limit,
  maxConnectionsPerAddress: limit,
  maxPendingConnectionsPerAddress: limit,
  maxEventLoopDelay: limit,
  maxMessageSize: integer(1, MAX_MESSAGE_SIZE, 'bytes'),
  maxMessagesPerSecond: limit,
  maxBytesPerSecond: limit,
  maxQueuedAmount: limit,
  maxDataChannels: integer(0, MAX_DATA_CHANNELS),
  maxBufferedAmount: limit,
  iceServers: accepts('a list of RTCIceServer', value => {
    // They have credentials in them, which no message may show.
    if (!Array.isArray(value) || value.some(server => Object(server).urls === undefined)) throw new TypeError('found none, or one without urls')
    toNativeIceServers(value)
  }),
  iceTransportPolicy: satisfies("'all' or 'relay'", value => value === 'all' || value === 'relay'),
  bindAddress: address,
  portRange: satisfies('{ begin, end }, two UDP ports in order', value => {
    const { begin, end } = Object(value)
    return !port(begin) && !port(end) && begin <= end
  }),
  udpPort: port,
  media: boolean,
  advertise: satisfies('an IP address, or { address, port }', value => {
    const advertised = toAdvertisedAddress(value as string | AdvertisedAddress)
    return !address(advertised.address) && (advertised.port === undefined || !port(advertised.port))
  }),
  remoteCandidates: accepts("'public', 'any', 'none' or a list of networks", value => {
    if (!Array.isArray(value) && !['public', 'any', 'none'].includes(value as string)) throw new TypeError(`found ${show(value)}`)
    createRemoteCandidateFilter(value as RemoteCandidatePolicy)
  }),
  onConnected: callback,
  onDisconnected: callback,
  onClosed: callback,
  onLimitExceeded: callback
}

const SIGNALING_CHECKS: Checks<SignalingHooks & Pick<SignalingOptions, 'connections' | 'cluster'>> = {
  beforeOffer: callback,
  beforeAnswer: callback,
  identify: callback,
  clientIceServers: accepts('a function, or a list of RTCIceServer', value => {
    if (typeof value !== 'function') toClientIceServers(value)
  }),
  listConnections: boolean,
  connections: satisfies('a ConnectionManager', value => typeof Object(value).createConnection === 'function'),
  cluster: satisfies('a Cluster', value => typeof Object(value).askAll === 'function')
}

/** What Fastify itself takes when a plugin is registered. */
const REGISTER_OPTIONS = ['prefix', 'logLevel', 'logSerializers', 'childLoggerFactory', 'exposeHeadRoute']

/** The manager's options with every default. Throws FST_WEBRTC_INVALID_OPTION. */
export function resolveManagerOptions (options: ConnectionManagerOptions = {}): ResolvedManagerOptions {
  checkOptions(options, MANAGER_CHECKS)
  const { udpPort, portRange, iceServers = [] } = options
  if (udpPort !== undefined && portRange) throw new InvalidOptionError('udpPort: expected it without portRange, found both')
  if (options.iceTransportPolicy === 'relay' && !hasTurnServer(iceServers)) throw new InvalidOptionError("iceTransportPolicy: expected a TURN server in iceServers for 'relay', found none")
  if (udpPort !== undefined && hasTurnServer(iceServers)) {
    throw new InvalidOptionError('udpPort: expected no TURN server beside it, which one port for all peers cannot use')
  }
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  const { advertise, ...resolved } = { ...DEFAULTS, ...given } as typeof DEFAULTS & ConnectionManagerOptions
  for (const name of ['maxBytesPerSecond', 'maxBufferedAmount'] as const) {
    if (resolved[name] < resolved.maxMessageSize) throw new InvalidOptionError(`${name}: expected room for a message of maxMessageSize, ${resolved.maxMessageSize} bytes, found ${resolved[name]}`)
  }
  return { ...resolved, ...advertise !== undefined && { advertise: toAdvertisedAddress(advertise) } }
}

/** Checks the plugin's own options and tells which of them belong to the manager it makes. Throws FST_WEBRTC_INVALID_OPTION. */
export function resolveOptions (options: SignalingOptions): { hooks: SignalingHooks, connections?: ConnectionManager, cluster?: Cluster, managerOptions: ConnectionManagerOptions } {
  const { beforeOffer, beforeAnswer, identify, clientIceServers, listConnections, connections, cluster, ...managerOptions } = Object.fromEntries(Object.entries(options).filter(([name]) => !REGISTER_OPTIONS.includes(name))) as SignalingOptions
  checkOptions({ beforeOffer, beforeAnswer, identify, clientIceServers, listConnections, connections, cluster, ...managerOptions }, { ...SIGNALING_CHECKS, ...MANAGER_CHECKS })
  const [misplaced] = connections ? Object.keys(managerOptions) : []
  if (misplaced) throw new InvalidOptionError(`${misplaced}: expected it to be given to the ConnectionManager that is passed as connections`)
  return { hooks: { beforeOffer, beforeAnswer, identify, clientIceServers, listConnections }, connections, cluster, managerOptions }
}

function toAdvertisedAddress (advertise: string | AdvertisedAddress): AdvertisedAddress {
  return typeof advertise === 'string' ? { address: advertise } : Object(advertise)
}

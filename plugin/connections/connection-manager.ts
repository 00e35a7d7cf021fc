import { ClosingError, TooManyConnectionsError, TooManyPendingConnectionsError } from '../errors.js'
import { resolveManagerOptions, type ConnectionManagerOptions, type ResolvedManagerOptions } from '../options.js'
import type { WebRtcSessionDescription } from '../../schemas/session-description.js'
import { assertMainThread } from '../peer/native.js'
import { PeerConnection } from '../peer/peer-connection.js'
import { Connection, type Log } from './connection.js'
import { createRemoteCandidateFilter, type ClientAddress } from './remote-candidates.js'

/** How a connection is made. */
export interface CreateConnectionInit {
  /** The far end's offer, which the server then answers. Default none: the server offers. */
  remoteDescription?: WebRtcSessionDescription
  /** Prepares the peer before it negotiates. Default nothing. */
  hook?: (peerConnection: PeerConnection, connection: Connection) => unknown
  /** The address of whoever asks, if it can be relied on. Default unknown. */
  client?: ClientAddress
  /** Default the console. */
  log?: Log
}

/** Keeps the connections, within limits that are checked before there is a native peer. */
export class ConnectionManager {
  readonly #options: ResolvedManagerOptions
  readonly #addressFilter: (client: ClientAddress) => (address: string) => boolean
  readonly #connections = new Map<string, Connection>()
  /** The connections that were never connected, oldest first, with the time at which each ends. */
  readonly #pending = new Map<Connection, number>()
  readonly #releasing = new Set<Promise<void>>()
  #isClosing = false

  /** Throws FST_WEBRTC_INVALID_OPTION, and an error in a worker thread. */
  constructor (options?: ConnectionManagerOptions) {
    assertMainThread()
    this.#options = resolveManagerOptions(options)
    this.#addressFilter = createRemoteCandidateFilter(this.#options.remoteCandidates)
  }

  /** How many connections there are. */
  get size (): number {
    return this.#connections.size
  }

  /** How many of them were never connected. */
  get pendingSize (): number {
    return this.#pending.size
  }

  /** Makes a connection and its local description. Throws the errors of Connection's negotiation, and 503 when a limit is reached or after `close`. */
  async createConnection ({ remoteDescription, hook, client, log = console }: CreateConnectionInit = {}): Promise<Connection> {
    this.#admit()
    const connection = this.#addConnection(client, log)
    await connection.negotiate({
      name: remoteDescription ? 'beforeAnswer' : 'beforeOffer',
      run: () => hook?.(connection.peerConnection, connection)
    }, remoteDescription)
    return connection
  }

  getConnection (id: string): Connection | undefined {
    return this.#connections.get(id)
  }

  getConnections (): Connection[] {
    return [...this.#connections.values()]
  }

  /** Closes every connection, refuses new ones, and settles when the native side is gone. */
  async close (): Promise<void> {
    this.#isClosing = true
    for (const connection of this.getConnections()) connection.close('shutdown')
    await Promise.all(this.#releasing)
  }

  #admit (): void {
    const { maxConnections, maxPendingConnections, timeToReconnected } = this.#options
    if (this.#isClosing) throw new ClosingError()
    if (this.#pending.size >= maxPendingConnections) {
      const [end = 0] = this.#pending.values()
      throw retryAfter(new TooManyPendingConnectionsError(maxPendingConnections), end - performance.now())
    }
    if (this.#connections.size >= maxConnections) throw retryAfter(new TooManyConnectionsError(maxConnections), timeToReconnected)
  }

  #addConnection (client: ClientAddress, log: Log): Connection {
    const { generateId, timeToConnected, onConnected, onDisconnected, onClosed } = this.#options
    const id = generateId()
    if (typeof id !== 'string' || id === '' || this.#connections.has(id)) throw new TypeError('generateId: expected a new string that is not empty')
    const connection = new Connection({
      ...this.#options,
      id,
      log,
      client,
      isAllowedAddress: this.#addressFilter(client),
      createPeerConnection: onError => new PeerConnection(this.#options, onError),
      onConnected: connection => {
        this.#pending.delete(connection)
        connection.guard(() => onConnected?.(connection), 'onConnected')
      },
      onDisconnected: connection => connection.guard(() => onDisconnected?.(connection), 'onDisconnected'),
      onClosed: (connection, reason) => {
        this.#remove(connection)
        connection.guard(() => onClosed?.(connection, reason), 'onClosed')
      }
    })
    this.#connections.set(id, connection)
    this.#pending.set(connection, performance.now() + timeToConnected)
    return connection
  }

  #remove (connection: Connection): void {
    this.#connections.delete(connection.id)
    this.#pending.delete(connection)
    const released = connection.released!.finally(() => this.#releasing.delete(released))
    this.#releasing.add(released)
  }
}

/** When it is worth asking again, in whole seconds. */
function retryAfter<E extends Error> (error: E, milliseconds: number): E {
  return Object.assign(error, { retryAfter: Math.max(1, Math.ceil(milliseconds / 1000)) })
}

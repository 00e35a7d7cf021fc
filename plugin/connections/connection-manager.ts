import { ClosingError, InvalidOptionError, TooManyClosingConnectionsError } from '../errors.js'
import { integer, MAX_TIME } from '../option-checks.js'
import { resolveManagerOptions, type ConnectionManagerOptions, type ResolvedManagerOptions } from '../options.js'
import { settlesWithin } from '../settles-within.js'
import { findAddressProblem } from '../peer/local-address.js'
import { assertMainThread } from '../peer/native.js'
import { PeerConnection } from '../peer/peer-connection.js'
import { Admission, type Elsewhere, type Owner } from './admission.js'
import { Connection, type ConnectionSettings, type PeerInit } from './connection.js'
import type { Log } from './connection-log.js'
import { networkOf } from './ip-address.js'
import { createFamilyFilter } from './local-families.js'
import { createRemoteCandidateFilter, type ClientAddress } from './remote-candidates.js'

/** How a connection is made. */
export interface CreateConnectionInit extends PeerInit {
  /** On whose behalf, as the host's authentication has found out. Default nobody in particular. */
  principal?: string
  /** What to count it by, where `client` is unknown: the address of the proxy, for instance. Default `client`. */
  address?: string
  /** Default the console. */
  log?: Log
}

/** How many connections may be closing at a time, however few there may be open. */
const MIN_CLOSING = 100

const UNREADABLE = 'unreadable'

/** The processes that serve the same connections. */
export interface OtherProcesses extends Elsewhere {
  /** What this one's ids end with, by which the others find it. */
  node: string
}

/** Keeps the connections, within limits that are checked before there is a native peer. */
export class ConnectionManager {
  readonly #options: ResolvedManagerOptions
  readonly #settings: ConnectionSettings
  readonly #connections = new Map<string, Connection>()
  readonly #admission: Admission
  readonly #releasing = new Set<Promise<void>>()
  #isAccepting = true
  #others: OtherProcesses | undefined

  /** Throws FST_WEBRTC_INVALID_OPTION, and an error in a worker thread. */
  constructor (options?: ConnectionManagerOptions) {
    assertMainThread()
    this.#options = resolveManagerOptions(options)
    this.#settings = this.#createSettings()
    this.#admission = new Admission(this.#options)
  }

  /** @internal */
  get timeToConnected (): number {
    return this.#options.timeToConnected
  }

  /** @internal From now on ids say which process has the connection, and the limits of an owner count what others have. Throws FST_WEBRTC_INVALID_OPTION when it shares its connections with other processes already. */
  share (others: OtherProcesses): void {
    if (this.#others && this.#others.node !== others.node) throw new InvalidOptionError('cluster: expected the same one for all registrations with the same ConnectionManager')
    if (this.#others) return
    this.#others = others
    this.#admission.share(others)
  }

  /** How many connections there are. */
  get size (): number {
    return this.#connections.size
  }

  /** How many of them are not connected yet, for the first time or again. */
  get pendingSize (): number {
    return this.#admission.pendingSize
  }

  /** Whether new connections are made: not while the manager drains, and not after it has closed. */
  get isAccepting (): boolean {
    return this.#isAccepting
  }

  /** @internal Rejects with FST_WEBRTC_INVALID_OPTION when its peers cannot have the address or the ports that they are to have. */
  async checkAddresses (): Promise<void> {
    const found = await findAddressProblem(this.#options)
    if (found) throw new InvalidOptionError(`${found.option}: ${found.problem}`)
  }

  /** Makes a connection and its local description. Throws the errors of Connection's negotiation, 429 or 503 when a limit is reached, and 503 when the manager drains or has closed. */
  async createConnection ({ remoteDescription, trickle = false, hook, principal, client, address = client, log = console }: CreateConnectionInit = {}): Promise<Connection> {
    const owner = this.assertRoom({ principal, address })
    const connection = this.#addConnection(owner, client, trickle, log)
    await connection.negotiate({
      name: remoteDescription ? 'beforeAnswer' : 'beforeOffer',
      run: () => hook?.(connection.peerConnection, connection)
    }, remoteDescription)
    return connection
  }

  /** @internal Throws the error that createConnection would, for a limit that is reached or a manager that drains or has closed; otherwise tells as whose a connection counts. */
  assertRoom ({ principal, address }: Pick<CreateConnectionInit, 'principal' | 'address'>): Owner {
    if (!this.#isAccepting) throw new ClosingError()
    this.#assertReleased()
    // What is no address is counted as if it were one: whoever writes it could write another.
    const owner = { principal, network: address === undefined ? undefined : networkOf(address) ?? UNREADABLE }
    this.#admission.admit(owner)
    return owner
  }

  getConnection (id: string): Connection | undefined {
    return this.#connections.get(id)
  }

  getConnections (): Connection[] {
    return [...this.#connections.values()]
  }

  /**
   * Refuses new connections and lets those there are go on, until none is left or so many milliseconds have passed; then
   * closes. For a server that is replaced by another. Rejects with a TypeError for a time that is none.
   */
  async drain (milliseconds: number): Promise<void> {
    const problem = integer(0, MAX_TIME, 'milliseconds')(milliseconds)
    if (problem) throw new TypeError(`drain: ${problem}`)
    this.#isAccepting = false
    await settlesWithin(Promise.all(this.getConnections().map(({ closed }) => closed)), milliseconds)
    await this.close()
  }

  /** Closes every connection, refuses new ones, and settles when the native side is gone. */
  async close (): Promise<void> {
    this.#isAccepting = false
    this.#admission.close()
    for (const connection of this.getConnections()) connection.close('shutdown')
    await Promise.all(this.#releasing)
  }

  /** While the event loop is never idle, native peers of closed connections are not released: without a bound there could be any number. */
  #assertReleased (): void {
    const limit = Math.max(this.#options.maxConnections, MIN_CLOSING)
    if (this.#releasing.size >= limit) throw new TooManyClosingConnectionsError(limit)
  }

  #addConnection (owner: Owner, client: ClientAddress, trickle: boolean, log: Log): Connection {
    const generated = this.#options.generateId()
    if (typeof generated !== 'string' || generated === '') throw new TypeError('generateId: expected a new string that is not empty')
    const id = `${generated}${this.#others?.node ?? ''}`
    if (this.#connections.has(id)) throw new TypeError('generateId: expected a new string, found one that it has made before')
    const connection = new Connection(this.#settings, { id, log, owner, client, trickle })
    this.#connections.set(id, connection)
    this.#admission.add(connection)
    return connection
  }

  #createSettings (): ConnectionSettings {
    const { onConnected, onDisconnected, onClosed, onLimitExceeded, remoteCandidates } = this.#options
    const createPolicyFilter = createRemoteCandidateFilter(remoteCandidates)
    return {
      ...this.#options,
      createAddressFilter: client => {
        const hasFamily = createFamilyFilter(this.#options)
        const isAllowed = createPolicyFilter(client)
        return address => hasFamily(address) && isAllowed(address)
      },
      createPeerConnection: (onError, onLimitExceeded) => new PeerConnection(this.#options, onError, onLimitExceeded),
      onReconnecting: connection => {
        this.#assertReleased()
        this.#admission.readmit(connection)
      },
      onPendingChange: connection => this.#admission.setPending(connection, connection.isPending),
      onReleasing: released => this.#release(released),
      onConnected: connection => connection.guard(() => onConnected?.(connection), 'onConnected'),
      onDisconnected: connection => connection.guard(() => onDisconnected?.(connection), 'onDisconnected'),
      onLimitExceeded: (connection, limit) => connection.guard(() => onLimitExceeded?.(connection, limit), 'onLimitExceeded'),
      onClosed: (connection, reason) => {
        this.#remove(connection)
        connection.guard(() => onClosed?.(connection, reason), 'onClosed')
      }
    }
  }

  #remove (connection: Connection): void {
    this.#connections.delete(connection.id)
    this.#admission.remove(connection)
    this.#release(connection.released!)
  }

  #release (released: Promise<void>): void {
    const done = released.finally(() => this.#releasing.delete(done))
    this.#releasing.add(done)
  }
}

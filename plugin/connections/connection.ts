import type { WebRtcConnection } from '../../schemas/connection.js'
import type { WebRtcIceCandidate, WebRtcLocalIceCandidates } from '../../schemas/ice-candidate.js'
import type { WebRtcSessionDescription } from '../../schemas/session-description.js'
import type { WebRtcStats } from '../../schemas/stats.js'
import { ClientGoneError, ConnectionNotFoundError, InvalidReconnectTokenError, TooManyReconnectsError } from '../errors.js'
import type { ResolvedManagerOptions } from '../options.js'
import { isOffence, type PeerLimit } from '../peer/limits.js'
import type { PeerConnection } from '../peer/peer-connection.js'
import { inTurn } from '../turns.js'
import type { Owner } from './admission.js'
import { advertiseInStats } from './advertise.js'
import type { CloseReason } from './close-reason.js'
import { ConnectionLog, type Log } from './connection-log.js'
import { EventLog } from './event-log.js'
import type { Hook } from './negotiation.js'
import { Operations } from './operations.js'
import { PeerSuccession, type FarEnd, type PeerSuccessionSettings } from './peer-succession.js'
import { RateLimit } from './rate-limit.js'
import { ReconnectTokens } from './reconnect-tokens.js'
import type { ClientAddress } from './remote-candidates.js'
import { statesOf } from './state-events.js'
import { waitForNews } from './wait-for-news.js'

/** What all connections of a manager have in common. */
export interface ConnectionSettings extends PeerSuccessionSettings, Pick<ResolvedManagerOptions, 'maxReconnectsPerMinute'> {
  /** Throws when there may be no other peer now. */
  onReconnecting: (connection: Connection) => void
  onPendingChange: (connection: Connection) => void
  onReleasing: (released: Promise<void>) => void
  onConnected: (connection: Connection) => void
  onDisconnected: (connection: Connection) => void
  onLimitExceeded: (connection: Connection, limit: PeerLimit) => void
  onClosed: (connection: Connection, reason: CloseReason) => void
}

/** What one of them is given. */
export interface ConnectionInit extends FarEnd {
  id: string
  log: Log
  owner: Owner
}

/** What the application keeps with a connection. Declare its properties by extending this interface. */
export interface ConnectionContext {
  [key: string]: unknown
}

/** How a connection gets a peer, the first or another. */
export interface PeerInit {
  /** The far end's offer, which the server then answers. Default none: the server offers. */
  remoteDescription?: WebRtcSessionDescription
  /** Whether the descriptions are told without candidates, which come as events. Default false. */
  trickle?: boolean
  /** Prepares the peer before it negotiates. Default nothing. */
  hook?: (peerConnection: PeerConnection, connection: Connection) => unknown
  /** The address of whoever asks, if it can be relied on. Default unknown. */
  client?: ClientAddress
}

/** How a connection gets another peer. */
export interface ReconnectInit extends PeerInit {
  /** The one that the client was told last. */
  reconnectToken: string
  /** Aborts when whoever asks is gone. Default never. */
  signal?: AbortSignal
}

const MINUTE = 60_000

/** Peers one after the other, under one id. Operations run one after the other; `close` is immediate and final. */
export class Connection {
  readonly id: string
  /** On whose behalf it was made: see the option `identify`. */
  readonly principal: string | undefined
  /** The application's own, for as long as the connection lives, whichever peer it has. */
  readonly context: ConnectionContext = {}
  /** @internal */
  readonly network: string | undefined
  readonly #settings: ConnectionSettings
  readonly #log: ConnectionLog
  readonly #operations = new Operations()
  readonly #events = new EventLog()
  readonly #peers: PeerSuccession
  readonly #reconnects: RateLimit
  readonly #tokens = new ReconnectTokens()
  readonly #exceeded: PeerLimit[] = []
  readonly #closed: Promise<CloseReason>
  #onClosed!: (reason: CloseReason) => void
  #closeReason: CloseReason | undefined
  #released: Promise<void> | undefined

  /** @internal Connections are made by ConnectionManager.createConnection */
  constructor (settings: ConnectionSettings, init: ConnectionInit) {
    this.id = init.id
    this.principal = init.owner.principal
    this.network = init.owner.network
    this.#settings = settings
    this.#log = new ConnectionLog(init.log, init.id)
    this.#closed = new Promise(resolve => { this.#onClosed = resolve })
    this.#reconnects = new RateLimit(settings.maxReconnectsPerMinute, MINUTE)
    this.#peers = new PeerSuccession(settings, init, {
      onConnected: () => this.#connected(),
      onDisconnected: () => settings.onDisconnected(this),
      onEnded: reason => this.close(reason),
      onLimitExceeded: limit => this.#limitExceeded(limit),
      onPendingChange: () => settings.onPendingChange(this),
      onReleasing: settings.onReleasing
    }, this.#log, this.#events)
  }

  /** The peer there is. A reconnect puts another in its place. */
  get peerConnection (): PeerConnection {
    return this.#peers.negotiation.peer.peerConnection
  }

  get state (): WebRtcConnection['state'] {
    return this.#closeReason ? 'closed' : 'open'
  }

  /** Whether there is a peer that is not connected yet, the first or another. */
  get isPending (): boolean {
    return this.#peers.isPending
  }

  /** @internal */
  get endsAt (): number {
    return this.#peers.endsAt
  }

  /** @internal */
  get pendingUntil (): number {
    return this.#peers.pendingUntil
  }

  get localDescription (): WebRtcSessionDescription | undefined {
    return this.#peers.negotiation.localDescription
  }

  get remoteDescription (): WebRtcSessionDescription | undefined {
    return this.#peers.negotiation.remoteDescription
  }

  /** What the client shows to get another peer: a secret between server and client. */
  get reconnectToken (): string {
    return this.#tokens.latest
  }

  /** Of the current peer, with the address that the far end was told in place of the local one. */
  getStats (): WebRtcStats {
    const stats = this.peerConnection.getStats()
    const { advertise: address } = this.#settings
    return address ? advertiseInStats(stats, address) : stats
  }

  /** Settles with the reason when the connection has closed. */
  get closed (): Promise<CloseReason> {
    return this.#closed
  }

  /** @internal What has happened to it. */
  get events (): EventLog {
    this.#peers.negotiation.flush()
    return this.#events
  }

  /** @internal Settles when the native side is gone too. */
  get released (): Promise<void> | undefined {
    return this.#released
  }

  /** @internal Runs the hook and makes the local description: see Negotiation.start. Whatever fails closes the connection. */
  negotiate (hook: Hook, remoteDescription?: WebRtcSessionDescription): Promise<void> {
    return this.#operations.run(async () => {
      try {
        await this.#peers.start(hook, remoteDescription)
      } catch (error) {
        this.close('peer-error')
        throw error
      }
    })
  }

  /**
   * Makes another peer, with hook and local description, and puts it in the place of the one there is, which ends without a
   * word. Settles with what the client is to be told. Whatever fails leaves the peer there is as it was. Throws
   * InvalidReconnectToken, TooManyReconnects, ConnectionNotFound, 429 or 503 when a limit is reached, and the errors of a negotiation.
   */
  async reconnect ({ reconnectToken, remoteDescription, trickle = false, hook, client, signal }: ReconnectInit): Promise<WebRtcConnection> {
    this.assertReconnectToken(reconnectToken)
    const time = this.#reconnects.take()
    if (time > 0) throw Object.assign(new TooManyReconnectsError(this.#settings.maxReconnectsPerMinute), { retryAfter: Math.ceil(time / 1000) })
    return await this.#operations.run(async () => {
      if (this.#closeReason) throw new ConnectionNotFoundError()
      if (signal?.aborted) throw new ClientGoneError()
      // A peer that was asked for before may have connected since.
      this.assertReconnectToken(reconnectToken)
      this.#settings.onReconnecting(this)
      await this.#peers.replace({
        hook: { name: remoteDescription ? 'beforeAnswer' : 'beforeOffer', run: peerConnection => hook?.(peerConnection, this) },
        remoteDescription,
        trickle,
        client,
        signal
      })
      this.#tokens.use(reconnectToken)
      return this.toNegotiated()
    })
  }

  /** @internal Throws InvalidReconnectToken. */
  assertReconnectToken (token: string): void {
    if (!this.#tokens.accept(token)) throw new InvalidReconnectTokenError()
  }

  /** Applies the far end's answer or, once connected, its offer, of which localDescription is the answer then. Throws InvalidDescription, which leaves the connection as it was, InvalidState, ConnectionNotFound. */
  setRemoteDescription (description: WebRtcSessionDescription): Promise<WebRtcSessionDescription> {
    return this.#operations.run(() => inTurn(() => {
      if (this.#closeReason) throw new ConnectionNotFoundError()
      return this.#peers.negotiation.setRemoteDescription(description)
    }))
  }

  /**
   * @internal Adds the far end's candidates and returns those that are used; before its description they are kept. At once,
   * and not in turn: however many there are, nothing waits. Throws InvalidState when the peer has closed.
   */
  addRemoteCandidates (candidates: readonly WebRtcIceCandidate[]): WebRtcIceCandidate[] {
    return this.#peers.negotiation.addRemoteCandidates(candidates)
  }

  /** @internal The local candidates after the cursor. While there is none, waits so many milliseconds, or until the connection has closed or the signal aborts. */
  async readLocalCandidates (after: number, wait: number, signal: AbortSignal): Promise<WebRtcLocalIceCandidates> {
    const candidates = this.#peers.localCandidates
    await waitForNews(this.#events, () => candidates.after(after).candidates.length > 0 || this.#closeReason !== undefined, wait, signal)
    return candidates.after(after)
  }

  /** Closes the connection and releases everything it holds. Harmless when called again. */
  close (): void
  /** @internal */
  close (reason: CloseReason): void
  close (reason: CloseReason = 'application'): void {
    if (this.#closeReason) return
    this.#closeReason = reason
    this.#released = this.#peers.end(reason)
    this.events.append({ type: 'closed', reason })
    this.#onClosed(reason)
    this.#settings.onClosed(this, reason)
  }

  /** @internal Calls the application, which may be async: what it throws or rejects with is logged and has no consequences. */
  guard (call: () => unknown, where: string): void {
    this.#log.guard(call, where)
  }

  /** Everything about the connection but its descriptions. */
  toSummary (): WebRtcConnection {
    const { lastId: lastEventId } = this.events
    return { id: this.id, state: this.state, ...statesOf(this.peerConnection), lastEventId }
  }

  toJSON (): WebRtcConnection {
    const { localDescription, remoteDescription } = this
    const connection = this.toSummary()
    // What is spread into it only at times makes V8 keep it as a dictionary, which takes four times as long to make and to write.
    if (localDescription) connection.localDescription = localDescription
    if (remoteDescription) connection.remoteDescription = remoteDescription
    return connection
  }

  /** @internal What the client alone is told that has asked for a peer: with the local description as it asked for it, candidates that are not in it still to come as events, and the secret by which it gets another peer. */
  toNegotiated (): WebRtcConnection {
    return Object.assign(this.toJSON(), this.#peers.negotiation.told, { reconnectToken: this.reconnectToken })
  }

  #connected (): void {
    this.#tokens.peerConnected()
    this.#settings.onConnected(this)
  }

  /** What the far end did: once for each limit, whichever peer. */
  #limitExceeded (limit: PeerLimit): void {
    if (this.#exceeded.includes(limit)) return
    this.#exceeded.push(limit)
    this.#log.warn({ limit }, `connection exceeded ${limit}`)
    this.#settings.onLimitExceeded(this, limit)
    if (isOffence(limit)) this.close('limit-exceeded')
  }
}

import type { WebRtcConnection } from '../../schemas/connection.js'
import type { WebRtcIceCandidate, WebRtcLocalIceCandidates } from '../../schemas/ice-candidate.js'
import type { WebRtcSessionDescription } from '../../schemas/session-description.js'
import type { WebRtcStats } from '../../schemas/stats.js'
import { ConnectionNotFoundError } from '../errors.js'
import type { ResolvedManagerOptions } from '../options.js'
import { defer, settlesWithin } from '../peer/event-loop.js'
import { isOffence, type PeerLimit } from '../peer/limits.js'
import type { PeerConnection } from '../peer/peer-connection.js'
import { inTurn } from '../turns.js'
import type { Owner } from './admission.js'
import { advertiseInStats } from './advertise.js'
import { BoundPeer, type CreatePeerConnection } from './bound-peer.js'
import type { CloseReason } from './close-reason.js'
import { ConnectionLog, type Log } from './connection-log.js'
import { Deadline } from './deadline.js'
import { EventLog } from './event-log.js'
import { LocalCandidates } from './local-candidates.js'
import { Negotiation, type Hook, type NegotiationInit } from './negotiation.js'
import { Operations } from './operations.js'
import { statesOf } from './state-events.js'

/** What a connection is given. */
export interface ConnectionInit extends Omit<NegotiationInit, 'events' | 'localCandidates'>, Pick<ResolvedManagerOptions, 'timeToConnected' | 'timeToReconnected'> {
  id: string
  log: Log
  owner: Owner
  createPeerConnection: CreatePeerConnection
  onConnected: (connection: Connection) => void
  onDisconnected: (connection: Connection) => void
  onLimitExceeded: (connection: Connection, limit: PeerLimit) => void
  onClosed: (connection: Connection, reason: CloseReason) => void
}

/** A peer with an id, its negotiation and its timers. Operations run one after the other; `close` is immediate and final. */
export class Connection {
  readonly id: string
  /** On whose behalf it was made: see the option `identify`. */
  readonly principal: string | undefined
  /** @internal */
  readonly network: string | undefined
  readonly #init: ConnectionInit
  readonly #log: ConnectionLog
  readonly #operations = new Operations()
  readonly #events = new EventLog()
  readonly #localCandidates = new LocalCandidates()
  readonly #negotiation: Negotiation
  readonly #timeLost = new Deadline()
  readonly #closed: Promise<CloseReason>
  #onClosed!: (reason: CloseReason) => void
  #closeReason: CloseReason | undefined
  #released: Promise<void> | undefined
  #isLost = false

  /** @internal Connections are made by ConnectionManager.createConnection */
  constructor (init: ConnectionInit) {
    this.id = init.id
    this.principal = init.owner.principal
    this.network = init.owner.network
    this.#init = init
    this.#log = new ConnectionLog(init.log, init.id)
    this.#closed = new Promise(resolve => { this.#onClosed = resolve })
    this.#negotiation = new Negotiation(this.#bindPeer(init.timeToConnected), { ...init, events: this.#events, localCandidates: this.#localCandidates })
  }

  get peerConnection (): PeerConnection {
    return this.#peer.peerConnection
  }

  get state (): WebRtcConnection['state'] {
    return this.#closeReason ? 'closed' : 'open'
  }

  /** Whether the peer has never been connected. */
  get isPending (): boolean {
    return !this.#peer.wasConnected && !this.#closeReason
  }

  /** @internal */
  get endsAt (): number {
    return this.#peer.endsAt ?? this.#timeLost.endsAt ?? Infinity
  }

  get localDescription (): WebRtcSessionDescription | undefined {
    return this.#negotiation.localDescription
  }

  get remoteDescription (): WebRtcSessionDescription | undefined {
    return this.#negotiation.remoteDescription
  }

  /** Of the current peer, with the address that the far end was told in place of the local one. */
  getStats (): WebRtcStats {
    const stats = this.peerConnection.getStats()
    const { advertise: address } = this.#init
    return address ? advertiseInStats(stats, address) : stats
  }

  /** Settles with the reason when the connection has closed. */
  get closed (): Promise<CloseReason> {
    return this.#closed
  }

  /** @internal What has happened to it. */
  get events (): EventLog {
    this.#negotiation.flush()
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
        await this.#negotiation.start(hook, remoteDescription)
      } catch (error) {
        this.close('peer-error')
        throw error
      }
    })
  }

  /** Applies the far end's answer. Throws InvalidDescription, which leaves the connection as it was, InvalidState, ConnectionNotFound. */
  setRemoteDescription (description: WebRtcSessionDescription): Promise<WebRtcSessionDescription> {
    return this.#operations.run(() => inTurn(() => {
      if (this.#closeReason) throw new ConnectionNotFoundError()
      return this.#negotiation.answer(description)
    }))
  }

  /**
   * @internal Adds the far end's candidates and returns those that are used; before its description they are kept. At once,
   * and not in turn: however many there are, nothing waits. Throws InvalidState when the peer has closed.
   */
  addRemoteCandidates (candidates: readonly WebRtcIceCandidate[]): WebRtcIceCandidate[] {
    return this.#negotiation.addRemoteCandidates(candidates)
  }

  /** @internal The local candidates after the cursor. While there is none, waits so many milliseconds, or until the connection has closed or the signal aborts. */
  async readLocalCandidates (after: number, wait: number, signal: AbortSignal): Promise<WebRtcLocalIceCandidates> {
    const candidates = this.#localCandidates
    const isDone = () => candidates.after(after).candidates.length > 0 || this.#closeReason !== undefined || signal.aborted
    if (wait > 0 && !isDone()) {
      const { promise, resolve } = defer()
      const check = () => { if (isDone()) resolve() }
      const unsubscribe = this.#events.subscribe({ onNews: check, onReplaced: resolve })
      signal.addEventListener('abort', check)
      await settlesWithin(promise, wait)
      signal.removeEventListener('abort', check)
      unsubscribe()
    }
    return candidates.after(after)
  }

  /** Closes the connection and releases everything it holds. Harmless when called again. */
  close (): void
  /** @internal */
  close (reason: CloseReason): void
  close (reason: CloseReason = 'application'): void {
    if (this.#closeReason) return
    this.#closeReason = reason
    this.#timeLost.stop()
    this.#released = this.#peer.end(reason)
    this.events.append({ type: 'closed', reason })
    this.#onClosed(reason)
    this.#init.onClosed(this, reason)
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
    return { ...this.toSummary(), ...localDescription && { localDescription }, ...remoteDescription && { remoteDescription } }
  }

  /** @internal As its client is told of it when it was negotiated: with the local description as it asked for it, and candidates that are not in it still to come as events. */
  toNegotiated (): WebRtcConnection {
    return { ...this.toJSON(), ...this.#init.trickle && this.#negotiation.told }
  }

  get #peer (): BoundPeer {
    return this.#negotiation.peer
  }

  #bindPeer (timeToConnected: number): BoundPeer {
    return new BoundPeer(this.#init.createPeerConnection, timeToConnected, {
      peerConnected: () => this.#connected(),
      peerLost: () => this.#lost(),
      peerFailed: (_peer, reason) => this.close(reason),
      limitExceeded: (_peer, limit) => this.#limitExceeded(limit)
    }, this.#log)
  }

  #connected (): void {
    this.#isLost = false
    this.#timeLost.stop()
    this.#init.onConnected(this)
  }

  /** A connection outlives the peer it had: for timeToReconnected its id is good for what the far end has still to say, a DELETE above all. */
  #lost (): void {
    if (this.#isLost) return
    this.#isLost = true
    this.#timeLost.start(this.#init.timeToReconnected, () => this.close('peer'))
    this.#init.onDisconnected(this)
  }

  /** What the far end did: once for each limit. */
  #limitExceeded (limit: PeerLimit): void {
    this.#log.warn({ limit }, `connection exceeded ${limit}`)
    this.#init.onLimitExceeded(this, limit)
    if (isOffence(limit)) this.close('limit-exceeded')
  }
}

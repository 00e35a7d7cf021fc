import type { WebRtcSessionDescription } from '../../schemas/session-description.js'
import { ConnectionNotFoundError } from '../errors.js'
import type { PeerLimit } from '../peer/limits.js'
import type { PeerConnection } from '../peer/peer-connection.js'
import { BoundPeer, type CreatePeerConnection, type PeerOwner } from './bound-peer.js'
import type { CloseReason } from './close-reason.js'
import type { ConnectionLog } from './connection-log.js'
import { Deadline } from './deadline.js'
import type { EventLog } from './event-log.js'
import { LocalCandidates } from './local-candidates.js'
import { Negotiation, type Hook, type NegotiationInit, type NegotiationSettings } from './negotiation.js'
import { PeerNews } from './peer-news.js'
import type { ClientAddress } from './remote-candidates.js'

/** What all successions have in common. */
export interface PeerSuccessionSettings extends NegotiationSettings {
  /** Where the server may send for a client. */
  createAddressFilter: (client: ClientAddress) => (address: string) => boolean
  createPeerConnection: CreatePeerConnection
  /** In milliseconds. */
  timeToReconnected: number
}

/** Who a peer is for, and what it takes. */
export type FarEnd = Pick<NegotiationInit, 'client' | 'trickle'>

/** What a connection is told of its peers. */
export interface PeerSuccessionOwner {
  onConnected: () => void
  onDisconnected: () => void
  /** There is no peer that could connect, and no time for another. */
  onEnded: (reason: CloseReason) => void
  onLimitExceeded: (limit: PeerLimit) => void
  /** One has begun to connect, or does so no more. */
  onPendingChange: () => void
  /** One is being released while the connection stays. */
  onReleasing: (released: Promise<void>) => void
}

/** How the next peer is made. */
export interface NextPeerInit extends FarEnd {
  hook: Omit<Hook, 'run'> & { run: (peerConnection: PeerConnection) => unknown }
  remoteDescription?: WebRtcSessionDescription
  /** Aborts when whoever asks is gone. */
  signal?: AbortSignal
}

/** The peers of a connection, one after the other: the one there is, at times the next beside it, and how long the far end has to ask for one. */
export class PeerSuccession implements PeerOwner {
  readonly #settings: PeerSuccessionSettings
  readonly #owner: PeerSuccessionOwner
  readonly #log: ConnectionLog
  readonly #events: EventLog
  readonly #localCandidates = new LocalCandidates()
  /** Runs while the far end is lost. */
  readonly #timeLost = new Deadline()
  #negotiation: Negotiation
  #next: Negotiation | undefined
  #isLost = false
  /** On the clock of `performance.now()`. A peer that is made later has no more time than one that is made then: no end of them keeps a connection for ever. */
  #reconnectBy: number

  constructor (settings: PeerSuccessionSettings, first: FarEnd, owner: PeerSuccessionOwner, log: ConnectionLog, events: EventLog) {
    this.#settings = settings
    this.#owner = owner
    this.#log = log
    this.#events = events
    const news = this.#createNews()
    this.#negotiation = this.#createNegotiation(first, settings.timeToConnected, news)
    news.begin()
    this.#reconnectBy = performance.now() + settings.timeToConnected
  }

  /** That of the peer there is. */
  get negotiation (): Negotiation {
    return this.#negotiation
  }

  /** Whether there is a peer that is not connected yet. */
  get isPending (): boolean {
    return this.#peer.endsAt !== undefined || this.#next !== undefined
  }

  /** When the succession ends by itself, on the clock of `performance.now()`; Infinity when nothing says so. */
  get endsAt (): number {
    return Math.max(this.#peer.endsAt ?? 0, this.#timeLost.endsAt ?? 0) || Infinity
  }

  /** When the peer that is not connected yet fails by itself, on the clock of `performance.now()`; Infinity when there is none. */
  get pendingUntil (): number {
    return this.#next?.peer.endsAt ?? this.#peer.endsAt ?? Infinity
  }

  /** Of the peer there is. */
  get localCandidates (): LocalCandidates {
    return this.#localCandidates
  }

  /** Makes the local description of the first peer. */
  async start (hook: Hook, remoteDescription?: WebRtcSessionDescription): Promise<void> {
    await this.#negotiation.start(hook, remoteDescription)
    this.#negotiation.describe()
  }

  /** Makes another peer with its local description, and puts it in the place of the one there is. What fails, as Negotiation.start does, leaves that one as it was. */
  async replace ({ hook, remoteDescription, trickle, client, signal }: NextPeerInit): Promise<void> {
    const { timeToConnected } = this.#settings
    const time = Math.min(timeToConnected, this.#reconnectBy + timeToConnected - performance.now())
    const news = this.#createNews()
    const next = this.#createNegotiation({ client, trickle }, time, news)
    const { peer } = next
    this.#next = next
    this.#owner.onPendingChange()
    const abort = () => peer.fail('aborted')
    signal?.addEventListener('abort', abort)
    try {
      await next.start({ name: hook.name, run: () => hook.run(peer.peerConnection) }, remoteDescription)
    } catch (error) {
      peer.fail('peer-error')
      throw error
    } finally {
      signal?.removeEventListener('abort', abort)
    }
    // It may have been closed just now.
    if (this.#next !== next) throw new ConnectionNotFoundError()
    const replaced = this.#negotiation
    this.#negotiation = next
    this.#next = undefined
    replaced.end()
    news.begin()
    next.describe()
    this.#owner.onReleasing(replaced.peer.end('replaced'))
    // The far end knows better than the server, which may not have noticed.
    if (this.#reconnectBy === Infinity) this.#lost()
  }

  /** Ends every peer; settles when the native side is gone. */
  async end (reason: CloseReason): Promise<void> {
    this.#timeLost.stop()
    const peers = [this.#peer, this.#next?.peer]
    this.#next = undefined
    await Promise.all(peers.map(peer => peer?.end(reason)))
  }

  peerConnected (): void {
    this.#isLost = false
    this.#timeLost.stop()
    this.#reconnectBy = Infinity
    this.#owner.onPendingChange()
    this.#owner.onConnected()
  }

  peerLost (): void {
    if (!this.#isLost) this.#lost()
  }

  /** A peer that does not connect leaves the connection the time it has: a far end that was lost may ask for one more. */
  peerFailed (peer: BoundPeer, reason: CloseReason): void {
    const isFatal = reason !== 'timeout' && reason !== 'peer'
    if (peer === this.#next?.peer) this.#next = undefined
    else if (isFatal) return this.#owner.onEnded(reason)
    else if (!this.#isWaiting) return this.#owner.onEnded(this.#isLost ? 'peer' : reason)
    this.#owner.onReleasing(peer.end(reason))
    this.#owner.onPendingChange()
    this.#endIfHopeless()
  }

  limitExceeded (limit: PeerLimit): void {
    this.#owner.onLimitExceeded(limit)
  }

  get #peer (): BoundPeer {
    return this.#negotiation.peer
  }

  /** Whether another peer is on its way, or may be asked for. */
  get #isWaiting (): boolean {
    return this.#next !== undefined || this.#timeLost.endsAt !== undefined
  }

  #createNews (): PeerNews {
    return new PeerNews(this.#events, this.#localCandidates)
  }

  #createNegotiation ({ client, trickle }: FarEnd, timeToConnected: number, news: PeerNews): Negotiation {
    const { createPeerConnection, createAddressFilter } = this.#settings
    const peer = new BoundPeer(createPeerConnection, timeToConnected, this, this.#log)
    return new Negotiation(peer, this.#settings, { client, trickle, isAllowedAddress: createAddressFilter(client), news })
  }

  /** A connection outlives the peer it had: for timeToReconnected its id is good for what the far end has still to say, a DELETE above all. */
  #lost (): void {
    const { timeToReconnected } = this.#settings
    this.#isLost = true
    this.#reconnectBy = performance.now() + timeToReconnected
    this.#timeLost.start(timeToReconnected, () => this.#endIfHopeless())
    this.#owner.onDisconnected()
  }

  #endIfHopeless (): void {
    const isPeerAlive = this.#isLost ? this.#peer.endsAt !== undefined : this.#peer.endReason === undefined
    if (!this.#isWaiting && !isPeerAlive) this.#owner.onEnded(this.#isLost ? 'peer' : 'timeout')
  }
}

import type { PeerLimit } from '../peer/limits.js'
import type { PeerConnection } from '../peer/peer-connection.js'
import type { CloseReason } from './close-reason.js'
import type { ConnectionLog } from './connection-log.js'
import { Deadline } from './deadline.js'

export type CreatePeerConnection = (onError: (error: unknown, where: string) => void, onLimitExceeded: (limit: PeerLimit) => void) => PeerConnection

/** Why a peer has ended: its connection closed, it was of no use, or another has taken its place. */
export type EndReason = CloseReason | 'replaced'

/** What a connection is told of a peer that is bound to it. */
export interface PeerOwner {
  peerConnected (): void
  /** The peer had been connected, and is no more. */
  peerLost (): void
  /** The peer is of no use. */
  peerFailed (peer: BoundPeer, reason: CloseReason): void
  limitExceeded (limit: PeerLimit): void
}

/** A peer for as long as it is its connection's. Once it has ended, nothing that still happens to it concerns the connection. */
export class BoundPeer {
  readonly peerConnection: PeerConnection
  readonly log: ConnectionLog
  /** Settles with the reason when it has ended. */
  readonly ended: Promise<EndReason>
  readonly #owner: PeerOwner
  readonly #deadline = new Deadline()
  #onEnded!: (reason: EndReason) => void
  #endReason: EndReason | undefined
  #released: Promise<void> | undefined
  #wasConnected = false

  /** The time to get connected in is in milliseconds. */
  constructor (createPeerConnection: CreatePeerConnection, timeToConnected: number, owner: PeerOwner, log: ConnectionLog) {
    this.#owner = owner
    this.log = log
    this.ended = new Promise(resolve => { this.#onEnded = resolve })
    this.peerConnection = createPeerConnection((error, where) => this.threw(error, where), limit => {
      if (!this.#endReason) owner.limitExceeded(limit)
    })
    this.peerConnection.addEventListener('connectionstatechange', () => this.#connectionStateChanged())
    this.#deadline.start(timeToConnected, () => this.fail('timeout'))
  }

  get endReason (): EndReason | undefined {
    return this.#endReason
  }

  /** When it fails by itself, on the clock of `performance.now()`; undefined when it has been connected or has ended. */
  get endsAt (): number | undefined {
    return this.#deadline.endsAt
  }

  /** What a hook or a listener threw: it ends what it belongs to and nothing else. */
  threw (error: unknown, where: string): void {
    this.log.report(error, where)
    this.fail('handler-error')
  }

  /** Tells the connection that the peer is of no use. */
  fail (reason: CloseReason): void {
    if (!this.#endReason) this.#owner.peerFailed(this, reason)
  }

  /** Unbinds the peer and closes it; settles when the native side is gone. Harmless when called again. */
  end (reason: EndReason): Promise<void> {
    this.#released ??= this.#end(reason)
    return this.#released
  }

  #end (reason: EndReason): Promise<void> {
    const { peerConnection } = this
    this.#endReason = reason
    this.#deadline.stop()
    // The application may have put its own close in the place of ours, to learn of the end.
    if (peerConnection.signalingState !== 'closed') this.log.guard(() => peerConnection.close(), 'close')
    const released = peerConnection.release()
    this.#onEnded(reason)
    return released
  }

  #connectionStateChanged (): void {
    if (this.#endReason) return
    const { connectionState, wasClosedByPeer } = this.peerConnection
    if (connectionState === 'connected') {
      this.#wasConnected = true
      this.#deadline.stop()
      this.#owner.peerConnected()
    } else if (connectionState === 'closed' && !wasClosedByPeer) {
      this.fail('application')
    } else if (connectionState !== 'connecting') {
      if (this.#wasConnected) this.#owner.peerLost()
      else this.fail('peer')
    }
  }
}

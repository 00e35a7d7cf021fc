import type { WebRtcIceCandidate } from '../../schemas/ice-candidate.js'
import type { EventLog, NewEvent } from './event-log.js'
import type { LocalCandidates } from './local-candidates.js'

/** What one peer has to tell: kept until it is the connection's, and not told any more once another is. */
export class PeerNews {
  readonly #events: EventLog
  readonly #localCandidates: LocalCandidates
  #kept: (() => void)[] | undefined = []
  #isOver = false

  constructor (events: EventLog, localCandidates: LocalCandidates) {
    this.#events = events
    this.#localCandidates = localCandidates
  }

  get lastId (): number {
    return this.#events.lastId
  }

  /** From now on the peer is the connection's. */
  begin (): void {
    this.#events.startPeer()
    this.#localCandidates.startPeer()
    const kept = this.#kept!
    this.#kept = undefined
    for (const tell of kept) tell()
  }

  end (): void {
    this.#isOver = true
  }

  append (event: NewEvent): void {
    this.#tell(() => this.#events.append(event))
  }

  add (candidate: WebRtcIceCandidate): void {
    this.#tell(() => this.#localCandidates.add(candidate))
  }

  wake (): void {
    this.#tell(() => this.#events.wake())
  }

  #tell (tell: () => void): void {
    if (this.#isOver) return
    if (this.#kept) this.#kept.push(tell)
    else tell()
  }
}

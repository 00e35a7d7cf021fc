import {
  OverloadedError,
  TooManyConnectionsError, TooManyConnectionsFromAddressError, TooManyConnectionsOfPrincipalError,
  TooManyPendingConnectionsError, TooManyPendingConnectionsFromAddressError, TooManyPendingConnectionsOfPrincipalError
} from '../errors.js'
import type { ResolvedManagerOptions } from '../options.js'
import { EventLoopDelay } from './event-loop-delay.js'

/** On whose behalf a connection is made, as far as that is known. */
export interface Owner {
  /** Default nobody in particular. */
  principal?: string
  /** The client's IPv4 address, or the /64 network of its IPv6 address. Default unknown. */
  network?: string
}

/** What is counted. */
export interface Admitted extends Owner {
  /** When it ends by itself, on the clock of `performance.now()`; Infinity when nothing says so. */
  endsAt: number
  /** The same of its being pending. */
  pendingUntil: number
}

/** What other processes count, which have connections of the same owners. */
export interface Elsewhere {
  count: (key: string) => number
  /** So many are counted here. */
  changed: (key: string, count: number) => void
}

type LimitError = new (limit: number) => Error

/** What is counted together, by what its owners have in common. */
const KEYS = {
  network: (owner: Owner) => owner.network,
  principal: (owner: Owner) => owner.principal,
  everybody: () => ''
}

/** Decides whether there may be one more connection, before there is a native peer. */
export class Admission {
  /** The narrowest first: who is one too many should know that it is not the server that is full. */
  readonly #tallies: Tally[]
  readonly #allPending: Tally
  readonly #timeToReconnected: number
  readonly #maxEventLoopDelay: number
  readonly #eventLoopDelay: EventLoopDelay

  constructor (options: ResolvedManagerOptions) {
    this.#allPending = new Tally('pending', 'everybody', options.maxPendingConnections, TooManyPendingConnectionsError)
    this.#tallies = [
      new Tally('pending', 'network', options.maxPendingConnectionsPerAddress, TooManyPendingConnectionsFromAddressError),
      new Tally('all', 'network', options.maxConnectionsPerAddress, TooManyConnectionsFromAddressError),
      new Tally('pending', 'principal', options.maxPendingConnectionsPerPrincipal, TooManyPendingConnectionsOfPrincipalError),
      new Tally('all', 'principal', options.maxConnectionsPerPrincipal, TooManyConnectionsOfPrincipalError),
      this.#allPending,
      new Tally('all', 'everybody', options.maxConnections, TooManyConnectionsError)
    ]
    this.#timeToReconnected = options.timeToReconnected
    this.#maxEventLoopDelay = options.maxEventLoopDelay
    this.#eventLoopDelay = new EventLoopDelay(options.maxEventLoopDelay)
    this.#eventLoopDelay.start()
  }

  /** From now on the limits of an owner are for all processes together; those of everybody are what this one can do. */
  share (elsewhere: Elsewhere): void {
    for (const tally of this.#tallies) tally.share(elsewhere)
  }

  /** How many are not connected yet. */
  get pendingSize (): number {
    return this.#allPending.of({}).size
  }

  /** Throws the error of the first limit that is reached, 429 for one of the owner's own, 503 for that of all or when the event loop is late, with `retryAfter` in seconds where more than one is worth waiting. */
  admit (owner: Owner): void {
    for (const tally of this.#tallies) this.#assertRoom(tally, owner)
    this.#assertInTime()
  }

  /** The same for one that is counted already and is to be pending again. */
  readmit (admitted: Admitted): void {
    for (const tally of this.#tallies) {
      if (tally.counts === 'pending' && !tally.of(admitted).has(admitted)) this.#assertRoom(tally, admitted)
    }
    this.#assertInTime()
  }

  /** Counts it as pending. */
  add (admitted: Admitted): void {
    for (const tally of this.#tallies) tally.add(admitted)
  }

  setPending (admitted: Admitted, isPending: boolean): void {
    for (const tally of this.#tallies) {
      if (tally.counts !== 'pending') continue
      if (isPending) tally.add(admitted)
      else tally.remove(admitted)
    }
  }

  remove (admitted: Admitted): void {
    for (const tally of this.#tallies) tally.remove(admitted)
  }

  /** Harmless when called again. */
  close (): void {
    this.#eventLoopDelay.stop()
  }

  #assertRoom (tally: Tally, owner: Owner): void {
    const { counts, limit, LimitError } = tally
    const counted = tally.of(owner)
    if (counted.size + tally.countElsewhere(owner) >= limit) throw Object.assign(new LimitError(limit), { retryAfter: this.#retryAfter(counted, counts === 'pending' ? 'pendingUntil' : 'endsAt') })
  }

  #assertInTime (): void {
    if (this.#eventLoopDelay.isOverloaded) throw new OverloadedError(this.#maxEventLoopDelay)
  }

  /** When there will be room, in whole seconds: no earlier than the first of them ends. Of those that are connected nobody knows; once lost, one stays for timeToReconnected. */
  #retryAfter (counted: ReadonlySet<Admitted>, what: 'endsAt' | 'pendingUntil'): number {
    let end = Infinity
    for (const admitted of counted) end = Math.min(end, admitted[what])
    const time = end === Infinity ? this.#timeToReconnected : end - performance.now()
    return Math.max(1, Math.ceil(time / 1000))
  }
}

const NONE: ReadonlySet<Admitted> = new Set()

/** What is counted together, by what its owners have in common; who has nothing of it is not counted. */
class Tally {
  readonly counts: 'pending' | 'all'
  readonly limit: number
  readonly LimitError: LimitError
  readonly #keyOf: (owner: Owner) => string | undefined
  /** What it is called among the processes that count together; undefined when each counts by itself. */
  readonly #sharedName: string | undefined
  readonly #sets = new Map<string, Set<Admitted>>()
  #elsewhere: Elsewhere | undefined

  constructor (counts: 'pending' | 'all', what: keyof typeof KEYS, limit: number, LimitError: LimitError) {
    this.counts = counts
    this.#keyOf = KEYS[what]
    this.#sharedName = what === 'everybody' ? undefined : `${counts} ${what}`
    this.limit = limit
    this.LimitError = LimitError
  }

  /** What there is already is told, too. Everybody's is each process's own. */
  share (elsewhere: Elsewhere): void {
    if (this.#sharedName === undefined) return
    this.#elsewhere = elsewhere
    for (const [key, { size }] of this.#sets) this.#changed(key, size)
  }

  countElsewhere (owner: Owner): number {
    const key = this.#keyOf(owner)
    return key === undefined || !this.#elsewhere ? 0 : this.#elsewhere.count(`${this.#sharedName} ${key}`)
  }

  of (owner: Owner): ReadonlySet<Admitted> {
    return this.#sets.get(this.#keyOf(owner)!) ?? NONE
  }

  add (admitted: Admitted): void {
    const key = this.#keyOf(admitted)
    if (key === undefined) return
    const set = this.#sets.get(key) ?? new Set()
    this.#sets.set(key, set.add(admitted))
    this.#changed(key, set.size)
  }

  remove (admitted: Admitted): void {
    const key = this.#keyOf(admitted)!
    const set = this.#sets.get(key)
    if (!set?.delete(admitted)) return
    if (set.size === 0) this.#sets.delete(key)
    this.#changed(key, set.size)
  }

  #changed (key: string, count: number): void {
    this.#elsewhere?.changed(`${this.#sharedName} ${key}`, count)
  }
}

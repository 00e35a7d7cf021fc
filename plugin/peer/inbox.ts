import type { PeerLimit, ResolvedPeerLimits } from './limits.js'
import { guard } from './native.js'
import { isWithinSlice, leave, wait, type Waiting } from './time-slice.js'
import { TokenBucket } from './token-bucket.js'

interface Entry {
  tell: () => void
  cost: number
  next?: Entry
}

/** What a message that waits costs beside its bytes. */
const OVERHEAD = 256

/** Bytes of packets of audio and video that may wait, about a second of a picture: what is older is not worth to be told. */
const MAX_QUEUED_PACKETS = 524288

/** How many channels a far end may make in a second, or as many as it may have: each comes with up to a thousand messages that nobody has counted. */
const CHANNELS_PER_SECOND = 50

/**
 * What the far end of a peer sends, on all channels, on its way to the listeners. It is taken over from the native side at
 * once, whose own queue knows no bounds, held against what the far end may send, and waits here while listeners are busy.
 */
export class Inbox implements Waiting {
  readonly #limits: ResolvedPeerLimits
  readonly #channels: TokenBucket
  readonly #messages: TokenBucket
  readonly #bytes: TokenBucket
  readonly #onOffence: (limit: PeerLimit) => void
  readonly #onDefect: (error: unknown) => void
  #first: Entry | undefined
  #last: Entry | undefined
  #amount = 0
  #isClosed = false

  constructor (limits: ResolvedPeerLimits, onOffence: (limit: PeerLimit) => void, onDefect: (error: unknown) => void) {
    const now = performance.now()
    this.#limits = limits
    this.#channels = new TokenBucket(Math.max(CHANNELS_PER_SECOND, limits.maxDataChannels), now)
    this.#messages = new TokenBucket(limits.maxMessagesPerSecond, now)
    this.#bytes = new TokenBucket(limits.maxBytesPerSecond, now)
    this.#onOffence = onOffence
    this.#onDefect = onDefect
  }

  get isClosed (): boolean {
    return this.#isClosed
  }

  /** A message of so many bytes: `tell` is called when the listeners have time and have been told what came before, unless it is one too many. */
  receive (size: number, tell: () => void): void {
    const now = performance.now()
    if (!this.#admit(1, size, now)) return
    if (!this.#first && isWithinSlice(now)) return tell()
    const cost = size + OVERHEAD
    // One message may wait, however large.
    if (this.#first && this.#amount + cost > this.#limits.maxQueuedAmount) return this.#onOffence('maxQueuedAmount')
    this.#add({ tell, cost })
  }

  /** A packet of audio or video: like a message, but one that would have to wait for long is dropped. */
  receivePacket (size: number, tell: () => void): void {
    const now = performance.now()
    if (!this.#admit(1, size, now)) return
    if (!this.#first && isWithinSlice(now)) return tell()
    const cost = size + OVERHEAD
    if (this.#amount + cost <= Math.min(MAX_QUEUED_PACKETS, this.#limits.maxQueuedAmount)) this.#add({ tell, cost })
  }

  /** Whether the far end may send a packet of so many bytes that nobody is told of. */
  admitPacket (size: number): boolean {
    return this.#admit(1, size, performance.now())
  }

  /** Whether the far end may make a channel of which it says so many bytes. */
  admitChannel (size: number): boolean {
    const now = performance.now()
    return this.#admit(this.#channels.take(1, now) ? 1 : Infinity, size, now)
  }

  /** Calls `tell` when the listeners have been told of every message that came before: at once when none waits. */
  afterMessages (tell: () => void): void {
    if (this.#first) this.#add({ tell, cost: 0 })
    else tell()
  }

  /** Drops what waits, and whatever comes. */
  close (): void {
    this.#isClosed = true
    this.#first = this.#last = undefined
    this.#amount = 0
    leave(this)
  }

  tellNext (): boolean {
    const { tell, cost, next } = this.#first!
    this.#first = next
    this.#amount -= cost
    guard(tell, this.#onDefect)()
    return this.#first !== undefined
  }

  #admit (messages: number, size: number, now: number): boolean {
    if (this.#isClosed) return false
    const offence = this.#exceeded(messages, size, now)
    if (offence) this.#onOffence(offence)
    return !offence
  }

  #exceeded (messages: number, size: number, now: number): PeerLimit | undefined {
    if (size > this.#limits.maxMessageSize) return 'maxMessageSize'
    if (!this.#messages.take(messages, now)) return 'maxMessagesPerSecond'
    if (!this.#bytes.take(size, now)) return 'maxBytesPerSecond'
    return undefined
  }

  #add (entry: Entry): void {
    if (this.#first) this.#last!.next = entry
    else this.#first = entry
    this.#last = entry
    this.#amount += entry.cost
    wait(this)
  }
}

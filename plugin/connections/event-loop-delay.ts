/** How often the event loop is looked at, in milliseconds. */
const INTERVAL = 50

/** By how much more time it has to be late than in time before that is overload, in milliseconds: a single pause, as of the garbage collector, is not. */
const OVERLOAD = 1000

/** For how much of it one long turn counts. */
const LONGEST_TURN = OVERLOAD / 4

/** Everybody who wants to know. */
const watching = new Set<EventLoopDelay>()
let timer: NodeJS.Timeout | undefined

/**
 * Whether the event loop is overloaded: late by more than it may be, for a second longer than it was in time. From then on
 * each turn decides: one in time and there is room again, one that is late and there is none.
 */
export class EventLoopDelay {
  readonly #limit: number
  #measured: number
  #late = 0

  /** The limit and the time are in milliseconds. */
  constructor (limit: number, now = performance.now()) {
    this.#limit = limit
    this.#measured = now
  }

  get isOverloaded (): boolean {
    return this.#late === OVERLOAD
  }

  /** To be called at every interval: what it is late by is how late the event loop is. */
  measure (now = performance.now()): void {
    const elapsed = now - this.#measured
    this.#measured = now
    this.#late = elapsed - INTERVAL > this.#limit
      ? Math.min(OVERLOAD, this.#late + Math.min(elapsed, LONGEST_TURN))
      : Math.max(0, this.#late - elapsed)
  }

  /** One timer of the process for all. It does not keep the process alive. */
  start (): void {
    watching.add(this)
    timer ??= setInterval(() => { for (const delay of watching) delay.measure() }, INTERVAL).unref()
  }

  /** Harmless when called again. */
  stop (): void {
    watching.delete(this)
    if (watching.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

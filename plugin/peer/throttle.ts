/** Calls back at once, or when the time since the last call is over, once for all requests meanwhile. The time is in milliseconds. */
export class Throttle {
  readonly #interval: number
  readonly #callback: () => void
  #calledAt = -Infinity
  #timer: NodeJS.Timeout | undefined

  constructor (interval: number, callback: () => void) {
    this.#interval = interval
    this.#callback = callback
  }

  request (): void {
    if (this.#timer) return
    const wait = this.#calledAt + this.#interval - performance.now()
    if (wait <= 0) this.#call()
    else this.#timer = setTimeout(() => this.#call(), wait).unref()
  }

  /** Forgets what was requested. */
  stop (): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #call (): void {
    this.#timer = undefined
    this.#calledAt = performance.now()
    this.#callback()
  }
}

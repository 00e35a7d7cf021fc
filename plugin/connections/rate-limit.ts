/** So many in any period, in milliseconds. */
export class RateLimit {
  readonly #limit: number
  readonly #period: number
  /** When those were of which there may be no more, oldest first. */
  readonly #taken: number[] = []

  constructor (limit: number, period: number) {
    this.#limit = limit
    this.#period = period
  }

  /** Takes one, or says in how many milliseconds there will be one to take: 0 when it was taken. */
  take (now = performance.now()): number {
    if (this.#limit === Infinity) return 0
    while (this.#taken.length > 0 && this.#taken[0]! + this.#period <= now) this.#taken.shift()
    if (this.#taken.length >= this.#limit) return this.#taken[0]! + this.#period - now
    this.#taken.push(now)
    return 0
  }
}

/** So many a second, and after a pause as many at once. Times are in milliseconds, of a clock that is never set. */
export class TokenBucket {
  readonly #capacity: number
  #tokens: number
  #filled: number

  constructor (perSecond: number, now: number) {
    // Infinity times no time at all would not be a number.
    this.#capacity = Math.min(perSecond, Number.MAX_VALUE)
    this.#tokens = this.#capacity
    this.#filled = now
  }

  /** Takes so many; false when there are not as many. */
  take (count: number, now: number): boolean {
    this.#tokens = Math.min(this.#capacity, this.#tokens + (now - this.#filled) / 1000 * this.#capacity) - count
    this.#filled = now
    return this.#tokens >= 0
  }
}

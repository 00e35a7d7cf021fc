/** A time, in milliseconds, after which something happens unless it is stopped. It does not keep the process alive. */
export class Deadline {
  #timer: NodeJS.Timeout | undefined
  #endsAt: number | undefined

  /** When it happens, on the clock of `performance.now()`; undefined when it does not run. */
  get endsAt (): number | undefined {
    return this.#endsAt
  }

  /** Starts anew when it runs already. */
  start (time: number, callback: () => void): void {
    this.stop()
    this.#endsAt = performance.now() + time
    this.#timer = setTimeout(() => {
      this.stop()
      callback()
    }, time).unref()
  }

  /** Harmless when it does not run. */
  stop (): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#endsAt = undefined
  }
}

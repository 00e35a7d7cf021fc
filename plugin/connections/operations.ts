/** Runs the operations of one connection one after the other (RFC 8829, 4.1; the W3C's operations chain). */
export class Operations {
  #last: Promise<unknown> = Promise.resolve()

  /** Runs the operation after those before it have settled, and settles as it does. */
  run<Result> (operation: () => Result | Promise<Result>): Promise<Result> {
    const result = this.#last.then(operation)
    this.#last = result.catch(() => {})
    return result
  }
}

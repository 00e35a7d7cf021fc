/** Where a connection says what it cannot say to the client: Fastify's loggers fit. */
export interface Log {
  error (details: object, message: string): void
  warn (details: object, message: string): void
}

/** How much of an id a log gets, which is a capability: enough to find the connection again, too little to use it. */
export const LOGGED_LENGTH = 8

/** What one connection says, with a part of its id. A log that fails has no consequences. */
export class ConnectionLog {
  readonly #log: Log
  readonly #connection: string

  constructor (log: Log, id: string) {
    this.#log = log
    this.#connection = id.slice(0, LOGGED_LENGTH)
  }

  /** Calls the application, which may be async: what it throws or rejects with is logged and has no consequences. */
  guard (call: () => unknown, where: string): void {
    new Promise(resolve => resolve(call())).catch(error => this.report(error, where))
  }

  report (error: unknown, where: string): void {
    const message = `connection failed in ${where}`
    // What was thrown may throw again when a logger looks at it.
    if (!this.#write('error', { err: error, where }, message)) this.#write('error', { where }, message)
  }

  warn (details: object, message: string): void {
    this.#write('warn', details, message)
  }

  /** Whether it worked. */
  #write (level: keyof Log, details: object, message: string): boolean {
    try {
      this.#log[level]({ ...details, connection: this.#connection }, message)
      return true
    } catch {
      return false
    }
  }
}

/** What the environment says about the server of the examples. */
export interface Settings {
  host: string
  /** Of the first worker; each of the others has the next one. 0 is any port. */
  port: number
  workers: number
  /** How long connections are served after a signal, in milliseconds. */
  drainTime: number
}

/** Reads HOST, PORT, WORKERS and DRAIN_SECONDS. Throws a RangeError that says what was expected. */
export function readSettings ({ HOST: host = '127.0.0.1', PORT = '3000', WORKERS = '1', DRAIN_SECONDS = '10' }: NodeJS.ProcessEnv): Settings {
  const workers = integer('WORKERS', WORKERS, 1, 64)
  const port = integer('PORT', PORT, 0, 65536 - workers)
  return { host, port, workers, drainTime: integer('DRAIN_SECONDS', DRAIN_SECONDS, 0, 86400) * 1000 }
}

function integer (name: string, text: string, from: number, to: number): number {
  const number = Number(text)
  if (!/^\d+$/.test(text) || number < from || number > to) throw new RangeError(`${name}: expected a number from ${from} to ${to}, found ${JSON.stringify(text)}.`)
  return number
}

/** What the environment says about the server of the examples. */
export interface Settings {
  host: string
  /** Of the first worker; each of the others has the next one. 0 is any port. */
  port: number
  workers: number
  /** How long connections are served after a signal, in milliseconds. */
  drainTime: number
  /** The broker of a cluster. Default none: each worker is by itself. */
  natsUrl?: string
  /** The UDP port of all peers of the first worker; each of the others has the next one. Default any port for each peer. */
  udpPort?: number
}

/** Reads HOST, PORT, WORKERS, DRAIN_SECONDS, NATS_URL and UDP_PORT. Throws a RangeError that says what was expected. */
export function readSettings ({ HOST: host = '127.0.0.1', PORT = '3000', WORKERS = '1', DRAIN_SECONDS = '10', NATS_URL: natsUrl, UDP_PORT }: NodeJS.ProcessEnv): Settings {
  const workers = integer('WORKERS', WORKERS, 1, 64)
  const port = integer('PORT', PORT, 0, 65536 - workers)
  const udpPort = UDP_PORT === undefined ? undefined : integer('UDP_PORT', UDP_PORT, 1, 65536 - workers)
  return { host, port, workers, drainTime: integer('DRAIN_SECONDS', DRAIN_SECONDS, 0, 86400) * 1000, ...natsUrl && { natsUrl }, ...udpPort !== undefined && { udpPort } }
}

function integer (name: string, text: string, from: number, to: number): number {
  const number = Number(text)
  if (!/^\d+$/.test(text) || number < from || number > to) throw new RangeError(`${name}: expected a number from ${from} to ${to}, found ${JSON.stringify(text)}.`)
  return number
}

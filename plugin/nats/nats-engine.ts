import { connect, RequestError, type Msg, type NatsConnection, type NodeConnectionOptions } from '@nats-io/transport-node'
import type { ClusterEngine, EngineListener, RequestFailure } from '../cluster/engine.js'
import { InvalidOptionError } from '../errors.js'
import { settlesWithin } from '../settles-within.js'

/** From one attempt to connect to the next, in milliseconds, and by how much more at random. */
const RECONNECT_WAIT = 250
/** How often the broker is asked whether it is there, in milliseconds, and how many answers may be missing: a path that swallows everything is found within nine seconds. */
const PING_INTERVAL = 3000
const MAX_PINGS_OUT = 2
/** How long one attempt to connect may take, in milliseconds. */
const TIME_TO_CONNECT = 2000
/** How long there is to say the last word, in milliseconds. */
const TIME_TO_CLOSE = 1000

const DEFAULTS: NodeConnectionOptions = {
  name: 'fastify-webrtc',
  timeout: TIME_TO_CONNECT,
  reconnectTimeWait: RECONNECT_WAIT,
  reconnectJitter: RECONNECT_WAIT,
  reconnectJitterTLS: RECONNECT_WAIT,
  pingInterval: PING_INTERVAL,
  maxPingOut: MAX_PINGS_OUT
}

/** What no option changes: without a broker a process goes on, and comes back by itself, however long it takes; and it does not hear itself. */
export const ALWAYS = { reconnect: true, maxReconnectAttempts: -1, waitOnFirstConnect: false, ignoreAuthErrorAbort: true, noEcho: true } satisfies NodeConnectionOptions

/** A cluster on NATS: one subject for each process, and one for all. */
export class NatsEngine implements ClusterEngine {
  readonly #subject: string
  readonly #options: NodeConnectionOptions
  readonly #onConnectError: ((error: Error) => unknown) | undefined
  readonly #waiting = new Set<(failure: RequestFailure) => void>()
  #connection: NatsConnection | undefined
  #isConnected = false
  #isClosing = false
  #retry: NodeJS.Timeout | undefined
  #attempt: Promise<void> | undefined

  /** Throws FST_WEBRTC_INVALID_OPTION. */
  constructor (subject: string, options: NodeConnectionOptions, onConnectError?: (error: Error) => unknown) {
    if (!/^[\w-]+(\.[\w-]+)*$/.test(subject)) throw new InvalidOptionError(`subject: expected letters, digits, _, - and dots between them, found ${JSON.stringify(subject)}`)
    this.#subject = subject
    this.#onConnectError = onConnectError
    this.#options = { ...DEFAULTS, ...options, ...ALWAYS }
  }

  get isConnected (): boolean {
    return this.#isConnected
  }

  open (node: string, listener: EngineListener): void {
    this.#attempt = this.#connect(node, listener)
  }

  async request (node: string, message: Uint8Array, milliseconds: number): Promise<Uint8Array | RequestFailure> {
    if (!this.#isConnected) return 'disconnected'
    let fail: (failure: RequestFailure) => void
    const failed = new Promise<RequestFailure>(resolve => { fail = resolve })
    this.#waiting.add(fail!)
    const answered = this.#connection!.request(this.#subjectOf(node), message, { timeout: milliseconds }).then(({ data }) => data, explain)
    const answer = await Promise.race([answered, failed])
    this.#waiting.delete(fail!)
    return answer
  }

  publish (message: Uint8Array): void {
    if (!this.#isConnected) return
    try {
      this.#connection!.publish(`${this.#subject}.all`, message)
    } catch {
      // It is larger than the broker takes, or the connection has just closed: it is lost, as without a broker.
    }
  }

  async close (): Promise<void> {
    this.#isClosing = true
    clearTimeout(this.#retry)
    const wasConnected = this.#isConnected
    this.#disconnected()
    await withinTime(this.#attempt)
    const connection = this.#connection
    if (!connection) return
    if (wasConnected) await withinTime(connection.flush())
    // It closes what it has, and ends its attempts to connect again.
    await withinTime(connection.close())
  }

  async #connect (node: string, listener: EngineListener): Promise<void> {
    let connection: NatsConnection | undefined
    try {
      this.#connection = connection = await connect(this.#options)
      if (this.#isClosing) {
        await withinTime(connection.close())
        return
      }
      this.#listen(connection, node, listener)
      this.#isConnected = true
      listener.connected()
    } catch (error) {
      // One that stayed beside the next would have each message answered twice.
      this.#connection = undefined
      this.#disconnected()
      if (connection) await withinTime(connection.close())
      if (this.#isClosing) return
      new Promise(resolve => resolve(this.#onConnectError?.(error as Error))).catch(() => {})
      this.#connectLater(node, listener)
    }
  }

  #connectLater (node: string, listener: EngineListener): void {
    if (this.#isClosing) return
    clearTimeout(this.#retry)
    this.#retry = setTimeout(() => { this.#attempt = this.#connect(node, listener) }, RECONNECT_WAIT * (1 + Math.random())).unref()
  }

  #listen (connection: NatsConnection, node: string, listener: EngineListener): void {
    connection.subscribe(this.#subjectOf(node), {
      callback: (error, message) => { if (!error) answer(message, listener) }
    })
    connection.subscribe(`${this.#subject}.all`, {
      callback: (error, { data }) => { if (!error) listener.hear(data) }
    })
    this.#watch(connection, node, listener)
  }

  /** Ends with the connection. */
  async #watch (connection: NatsConnection, node: string, listener: EngineListener): Promise<void> {
    for await (const { type } of connection.status()) {
      if (type === 'disconnect') this.#disconnected()
      if (type === 'reconnect' && !this.#isClosing) {
        this.#isConnected = true
        listener.connected()
      }
    }
    if (connection !== this.#connection) return
    // It has closed by itself, for instance when an authenticator has thrown.
    this.#disconnected()
    this.#connectLater(node, listener)
  }

  #disconnected (): void {
    this.#isConnected = false
    for (const fail of this.#waiting) fail('disconnected')
  }

  /** What is no name of a process never gets here: see nodeOf. */
  #subjectOf (node: string): string {
    return `${this.#subject}.node.${node}`
  }
}

async function answer (message: Msg, { answer }: EngineListener): Promise<void> {
  try {
    message.respond(await answer(message.data))
  } catch {
    // The broker is gone, or the answer is larger than it takes: whoever has asked hears nothing.
  }
}

function explain (error: unknown): RequestFailure {
  if (error instanceof RequestError && error.isNoResponders()) return 'nobody'
  return error instanceof Error && error.name === 'TimeoutError' ? 'silence' : 'disconnected'
}

/** Settles with the promise, or when the time has passed. Never rejects: the broker may go at any moment. */
async function withinTime (promise: Promise<unknown> = Promise.resolve()): Promise<void> {
  await settlesWithin(promise, TIME_TO_CLOSE).catch(() => {})
}

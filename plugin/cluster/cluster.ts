import { InvalidOptionError } from '../errors.js'
import { callback, checkOptions, limit, time, type Checks } from '../option-checks.js'
import { Answers, DONE, UNKNOWN, type Replay } from './answers.js'
import { Asking, type RemoteAnswer } from './asking.js'
import type { ClusterEngine } from './engine.js'
import { decode, type Head, type Member, type Open, type Question } from './message.js'
import { createNode, nodeOf } from './node-id.js'
import { Presence } from './presence.js'
import { findWhereabouts } from './whereabouts.js'

/** A request that another process was asked to answer. */
export interface ForwardedRequest {
  /** Method and path, such as `GET /connections/:id`. */
  operation: string
  /** What its client was told. */
  statusCode: number
  /** Until status and headers were there. */
  milliseconds: number
}

export interface ClusterOptions {
  /** How long another process may say nothing before its client gets 504, in milliseconds. What takes longer says twice a second that it is under way, for two minutes at most. Default 1500. */
  timeout?: number
  /** How many requests may wait at a time for the first word of another process, of each by itself, and how many of others may wait for this one's; one more gets 503. What takes longer than half a second has had its first word by then. Default 256. */
  maxInFlight?: number
  /** After how many milliseconds of silence a process that nobody has seen end has ended: until then its connections answer 503, and then 404. Infinity where a process that has lost its broker must never be taken for one that has ended. Default 30000. */
  timeToGone?: number
  /** Told of each request that another process was asked to answer. What it throws has no consequences. */
  onForwarded?: (request: ForwardedRequest) => unknown
}

const CHECKS: Checks<ClusterOptions> = {
  timeout: time,
  maxInFlight: limit,
  timeToGone: value => value === Infinity ? undefined : time(value),
  onForwarded: callback
}

/** What a registration of the plugin does for the other processes. */
export interface Registration {
  /** Its prefix, which tells it from the others of this process. */
  name: string
  /** Does a request again, as if it had come by HTTP. Undefined when there is no such operation. */
  replay: (open: Open, body: Uint8Array, isOwnHost: boolean) => Replay | undefined
}

/** The processes that serve the same connections, as one of them sees it. One for a process, whichever number of registrations it has. */
export class Cluster {
  /** The name of this process in the cluster: other ones find it by the end of a connection's id. */
  readonly node = createNode()
  readonly #engine: ClusterEngine
  readonly #own: Member
  readonly #registrations = new Map<string, Registration>()
  readonly #answers: Answers
  readonly #asking: Asking
  readonly #presence: Presence
  readonly #onForwarded: ClusterOptions['onForwarded']
  #wasOpened = false
  #hasJoined = false
  #closed: Promise<void> | undefined

  /** Throws FST_WEBRTC_INVALID_OPTION. */
  constructor (engine: ClusterEngine, options: ClusterOptions = {}) {
    checkOptions(options, CHECKS)
    const { timeout = 1500, maxInFlight = 256, timeToGone = 30_000, onForwarded } = options
    this.#engine = engine
    this.#own = { node: this.node, ...findWhereabouts() }
    this.#onForwarded = onForwarded
    this.#presence = new Presence({ engine, own: this.#own, timeToGone })
    this.#answers = new Answers(maxInFlight)
    this.#asking = new Asking({ engine, presence: this.#presence, timeout, maxInFlight })
  }

  /** Whether the broker can be reached. Without it this process goes on alone: what is created and kept here works. */
  get isConnected (): boolean {
    return this.#engine.isConnected
  }

  /** Whether the others know of this process, so that clients may come to it: from the first time that the broker was there, which is not before the server is ready, until it closes. For a readiness probe. */
  get isReady (): boolean {
    return this.#hasJoined && !this.#closed
  }

  /** @internal Whether it has heard from the others since the broker is there. */
  get hasLearnt (): boolean {
    return this.#presence.hasLearnt
  }

  /** How many other processes are known. */
  get size (): number {
    return this.#presence.members.length
  }

  /** @internal Throws FST_WEBRTC_INVALID_OPTION for a name that is taken, and when the cluster has closed. */
  join (registration: Registration): void {
    if (this.#closed) throw new InvalidOptionError('cluster: expected one that has not closed')
    if (this.#registrations.has(registration.name)) throw new InvalidOptionError(`cluster: expected one registration with the prefix ${JSON.stringify(registration.name)}`)
    this.#registrations.set(registration.name, registration)
    if (this.#wasOpened) return
    this.#wasOpened = true
    this.#presence.start()
    this.#engine.open(this.node, {
      answer: message => this.#answer(message),
      hear: message => this.#hear(message),
      connected: () => this.#connected()
    })
  }

  /** @internal With the last registration the cluster closes. */
  async leave (name: string): Promise<void> {
    this.#registrations.delete(name)
    if (this.#registrations.size > 0) return
    this.#closed ??= this.#close()
    await this.#closed
  }

  /** @internal The other process that has the connection; undefined when it is this one's, or nobody's. */
  ownerOf (id: string): string | undefined {
    const node = nodeOf(id)
    return node === this.node ? undefined : node
  }

  /** @internal See Asking.ask. */
  async ask (node: string, question: Omit<Question, 'host'>, body: Uint8Array, signal?: AbortSignal): Promise<RemoteAnswer> {
    const started = performance.now()
    const asked = this.#asking.ask(node, { host: this.#own.host, ...question }, body, signal)
    const statusCode = await asked.then(({ status }) => status, ({ statusCode }: { statusCode: number }) => statusCode)
    this.#tell({ operation: question.operation, statusCode, milliseconds: performance.now() - started })
    return await asked
  }

  /** @internal Asks all others; undefined stands for one that has not answered. Without a broker it is all of them. */
  async askAll (question: Omit<Question, 'host'>): Promise<(RemoteAnswer | undefined)[]> {
    const answers = this.#presence.members.map(({ node }) => this.ask(node, question, new Uint8Array()).catch(() => undefined))
    return await Promise.all(this.#presence.hasLearnt ? answers : [...answers, undefined])
  }

  /** @internal How many connections of the same owner other processes have. */
  countElsewhere (key: string): number {
    return this.#presence.countElsewhere(key)
  }

  /** @internal How many connections of the owner this process has. The others hear of it soon. */
  setCount (key: string, count: number): void {
    this.#presence.setCount(key, count)
  }

  #connected (): void {
    this.#hasJoined = true
    this.#presence.connected()
  }

  #hear (data: Uint8Array): void {
    const message = decode(data)
    if (message) this.#presence.hear(message.head)
  }

  async #answer (data: Uint8Array): Promise<Uint8Array> {
    const message = decode(data)
    try {
      return message ? await this.#answerHead(message.head, message.body) : UNKNOWN
    } catch {
      // What cannot be done again, such as a parameter that no URL can have, is not understood.
      return UNKNOWN
    }
  }

  async #answerHead (head: Head, body: Uint8Array): Promise<Uint8Array> {
    if (head.type === 'open') {
      const isOwnHost = head.host === this.#own.host
      return await this.#answers.open(() => this.#registrations.get(head.registration)?.replay(head, body, isOwnHost))
    }
    if (head.type === 'next') return await this.#answers.next(head.answer)
    if (head.type === 'cancel') return this.#answers.cancel(head.answer)
    this.#presence.hear(head)
    return DONE
  }

  #tell (request: ForwardedRequest): void {
    new Promise(resolve => resolve(this.#onForwarded?.(request))).catch(() => {})
  }

  async #close (): Promise<void> {
    this.#answers.close()
    this.#presence.stop()
    await this.#engine.close()
  }
}

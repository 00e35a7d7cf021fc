import type { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { RemoteAnswer } from '../cluster/asking.js'
import type { Cluster } from '../cluster/cluster.js'
import type { Question } from '../cluster/message.js'
import type { RemoteStream } from '../cluster/remote-stream.js'
import { ClosingError } from '../errors.js'
import { clientAddress } from './client-address.js'
import { untilClientGone } from './client-gone.js'
import { closeAfter } from './close-after.js'
import { endAfter } from './end-after.js'
import { toAnswerHeaders, toForwardedHeaders } from './forwarded-headers.js'
import { Replays } from './replay.js'

/** How long the list of another process may take when it has begun, in milliseconds, and how long it may be, in bytes: ids and states of more connections than it has. */
const TIME_TO_LIST = 5000
const MAX_LIST = 16 * 1024 * 1024

/** What one registration does for, and asks of, the other processes of its cluster. */
export class Forwarding {
  readonly #cluster: Cluster
  readonly #registration: string
  readonly #replays: Replays
  /** What is still read from others. */
  readonly #streams = new Set<RemoteStream>()
  #hasLeft = false

  constructor (fastify: FastifyInstance, cluster: Cluster) {
    this.#cluster = cluster
    this.#registration = fastify.prefix
    this.#replays = new Replays(fastify)
  }

  /** Lets others ask for the operation, such as `GET /connections/:id`. */
  allow (operation: string): void {
    this.#replays.operations.add(operation)
  }

  /** From now on others may ask. Throws FST_WEBRTC_INVALID_OPTION when another registration has the prefix. */
  join (): void {
    this.#cluster.join({ name: this.#registration, replay: (open, body, isOwnHost) => this.#replays.start(open, body, isOwnHost) })
  }

  async leave (): Promise<void> {
    this.#hasLeft = true
    for (const stream of this.#streams) stream.destroy()
    await this.#cluster.leave(this.#registration)
  }

  /** To be called by each operation, before anything else of ours. */
  recognize (request: FastifyRequest, reply: FastifyReply): void {
    this.#replays.recognize(request, reply)
  }

  /** The other process that has the connection with the id; undefined when it is this one's, or nobody's. */
  ownerOf (id: string): string | undefined {
    return this.#cluster.ownerOf(id)
  }

  /** Answers with what the process answers. */
  async forward (node: string, operation: string, request: FastifyRequest, reply: FastifyReply): Promise<string | Readable | Buffer> {
    // A content-type says nothing of a body, and where there is a schema for one an empty object stands for none.
    const body = request.headers['content-type'] === undefined || request.body === undefined ? '' : JSON.stringify(request.body)
    const { status, headers, body: answered } = await this.#cluster.ask(node, this.#open(operation, request), Buffer.from(body), untilClientGone(reply))
    // Also of a process that is none of ours, but has the broker's password.
    reply.code(status).headers(toAnswerHeaders(headers))
    if (Buffer.isBuffer(answered)) return /json/.test(String(headers['content-type'])) ? answered.toString() : answered
    this.#keep(answered)
    closeAfter(request, reply)
    answered.once('whole', () => endAfter(reply.raw))
    return answered
  }

  /** What all other processes answer, each of them whole, from JSON; undefined stands for those that do not. None when another process has asked. */
  async askAll (operation: string, request: FastifyRequest): Promise<unknown[]> {
    if (this.#replays.isReplay(request)) return []
    const answers = await this.#cluster.askAll(this.#open(operation, request))
    return await Promise.all(answers.map(answer => this.#readWhole(answer)))
  }

  /** Undefined unless it is a success, and comes whole, in time. */
  async #readWhole (answer: RemoteAnswer | undefined): Promise<unknown> {
    if (answer?.status !== 200) return undefined
    const { body } = answer
    try {
      if (Buffer.isBuffer(body)) return JSON.parse(body.toString())
      this.#keep(body)
      const timer = setTimeout(() => body.destroy(new Error('a list that does not end')), TIME_TO_LIST)
      body.once('close', () => clearTimeout(timer))
      return JSON.parse(await readText(body))
    } catch {
      return undefined
    }
  }

  /** Until it has closed, or this registration leaves. Throws Closing when it has. */
  #keep (stream: RemoteStream): void {
    this.#streams.add(stream)
    stream.once('close', () => this.#streams.delete(stream))
    if (!this.#hasLeft) return
    stream.destroy()
    throw new ClosingError()
  }

  #open (operation: string, request: FastifyRequest): Omit<Question, 'host'> {
    const address = clientAddress(request)
    return {
      registration: this.#registration,
      operation,
      params: request.params as Record<string, string>,
      query: /\?[^#]*/.exec(request.url)?.[0] ?? '',
      headers: { ...toForwardedHeaders(request.headers, address !== undefined), host: request.host },
      // The proxy's, when that is all that is known: with its headers it is as little trusted there as here.
      address: request.ip
    }
  }
}

/** Throws when it is longer than any list. */
async function readText (stream: RemoteStream): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of stream) {
    chunks.push(chunk)
    length += chunk.length
    if (length > MAX_LIST) throw new Error('a list that is too long')
  }
  return Buffer.concat(chunks).toString()
}

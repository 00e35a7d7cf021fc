import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { RemoteAnswer } from '../cluster/asking.js'
import type { Cluster } from '../cluster/cluster.js'
import type { RemoteStream } from '../cluster/remote-stream.js'
import type { Question } from '../cluster/message.js'
import { clientAddress } from './client-address.js'
import { untilClientGone } from './client-gone.js'
import { closeAfter } from './close-after.js'
import { toAnswerHeaders, toForwardedHeaders } from './forwarded-headers.js'
import { endAfter } from './end-after.js'
import { Replays } from './replay.js'

/** What one registration does for, and asks of, the other processes of its cluster. */
export class Forwarding {
  readonly #cluster: Cluster
  readonly #registration: string
  readonly #replays: Replays
  /** What is still read from others. */
  readonly #streams = new Set<RemoteStream>()

  constructor (fastify: FastifyInstance, cluster: Cluster) {
    this.#cluster = cluster
    this.#registration = fastify.prefix
    this.#replays = new Replays(fastify)
  }

  /** Has others ask for the operation, such as `GET /connections/:id`. */
  allow (operation: string): void {
    this.#replays.operations.add(operation)
  }

  /** From now on others may ask. Throws FST_WEBRTC_INVALID_OPTION when another registration has the prefix. */
  join (): void {
    this.#cluster.join({ name: this.#registration, replay: (open, body, isOwnHost) => this.#replays.start(open, body, isOwnHost) })
  }

  async leave (): Promise<void> {
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
    closeAfter(request, reply)
    this.#streams.add(answered)
    answered.once('whole', () => endAfter(reply.raw)).once('close', () => this.#streams.delete(answered))
    return answered
  }

  /** What all other processes answer, each of them whole, from JSON; undefined stands for those that do not. None when another process has asked. */
  async askAll (operation: string, request: FastifyRequest): Promise<unknown[]> {
    if (this.#replays.isReplay(request)) return []
    const answers = await this.#cluster.askAll(this.#open(operation, request))
    return await Promise.all(answers.map(answer => readWhole(answer)))
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

/** Undefined unless it is a success, and comes whole. */
async function readWhole (answer: RemoteAnswer | undefined): Promise<unknown> {
  if (answer?.status !== 200) return undefined
  try {
    return JSON.parse(Buffer.isBuffer(answer.body) ? answer.body.toString() : await text(answer.body))
  } catch {
    return undefined
  }
}

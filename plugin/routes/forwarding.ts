import type { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { RemoteAnswer } from '../cluster/asking.js'
import type { Cluster } from '../cluster/cluster.js'
import type { Open } from '../cluster/message.js'
import { clientAddress } from './client-address.js'
import { untilClientGone } from './client-gone.js'
import { toForwardedHeaders } from './forwarded-headers.js'
import { Replays } from './replay.js'
import type { SignalingScope } from './scope.js'

/** What one registration does for, and asks of, the other processes of its cluster. */
export class Forwarding {
  readonly #cluster: Cluster
  readonly #registration: string
  readonly #replays: Replays

  constructor ({ fastify, forwardable }: Pick<SignalingScope, 'fastify' | 'forwardable'>, cluster: Cluster) {
    this.#cluster = cluster
    this.#registration = fastify.prefix
    this.#replays = new Replays(fastify, forwardable)
  }

  /** From now on others may ask. Throws FST_WEBRTC_INVALID_OPTION when another registration has the prefix. */
  join (): void {
    this.#cluster.join({ name: this.#registration, replay: (open, body, isOwnHost) => this.#replays.start(open, body, isOwnHost) })
  }

  leave (): Promise<void> {
    return this.#cluster.leave(this.#registration)
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
    reply.code(status).headers(headers)
    if (Buffer.isBuffer(answered)) return /json/.test(String(headers['content-type'])) ? answered.toString() : answered
    // Of the sockets that stay open only those end with the server that are idle when it begins to close.
    if (request.raw.httpVersionMajor < 2) reply.header('connection', 'close')
    return answered
  }

  /** What all other processes answer, each of them whole; undefined stands for those that do not. None when another process has asked. */
  async askAll (operation: string, request: FastifyRequest): Promise<(string | undefined)[]> {
    if (this.#replays.isReplay(request)) return []
    const answers = await this.#cluster.askAll(this.#open(operation, request))
    return await Promise.all(answers.map(answer => readWhole(answer)))
  }

  #open (operation: string, request: FastifyRequest): Omit<Open, 'v' | 'type' | 'host'> {
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
async function readWhole (answer: RemoteAnswer | undefined): Promise<string | undefined> {
  if (answer?.status !== 200) return undefined
  if (Buffer.isBuffer(answer.body)) return answer.body.toString()
  try {
    const chunks: Buffer[] = []
    for await (const chunk of answer.body) chunks.push(chunk)
    return Buffer.concat(chunks).toString()
  } catch {
    return undefined
  }
}

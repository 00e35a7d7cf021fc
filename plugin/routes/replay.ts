import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods, InjectOptions } from 'fastify'
import type { Replay } from '../cluster/answers.js'
import type { Open } from '../cluster/message.js'
import { isOfThisHost } from '../connections/host-addresses.js'
import { randomText } from '../random-text.js'
import { toAnswerHeaders } from './forwarded-headers.js'

/** By which a request that is done again is known: each has a secret of its own. What anybody else writes into it says nothing. */
const REPLAY_HEADER = 'fastify-webrtc-replay'

/** How long headers and query are together at most, in characters: twice what Node takes of a client. */
const MAX_HEAD = 32_768

/** As an address: none that anybody has. */
const UNKNOWN_ADDRESS = 'unknown'

/** The requests of other processes' clients, while they are done again here. */
export class Replays {
  /** Those that may be asked for: methods and paths such as `GET /connections/:id`. */
  readonly operations = new Set<string>()
  readonly #fastify: FastifyInstance
  /** By their secrets: gets the reply when there is one. */
  readonly #running = new Map<string, (reply: FastifyReply) => void>()
  readonly #isReplay = new WeakSet<object>()

  constructor (fastify: FastifyInstance) {
    this.#fastify = fastify
  }

  /** To be called by each operation, before anything else of ours. */
  recognize (request: FastifyRequest, reply: FastifyReply): void {
    const secret = request.headers[REPLAY_HEADER]
    if (secret === undefined) return
    delete request.raw.headers[REPLAY_HEADER]
    const onReply = this.#running.get(String(secret))
    if (!onReply) return
    this.#running.delete(String(secret))
    this.#isReplay.add(request)
    onReply(reply)
  }

  /** Whether another process has been asked for it, which then asks no others. */
  isReplay (request: FastifyRequest): boolean {
    return this.#isReplay.has(request)
  }

  /**
   * Has the request go the way of one that has just arrived: through the host's hooks, authentication, validation, limits. Its
   * path is made of an operation and its parameters, so that no message reaches another route of the host's. Undefined when
   * there is no such operation, a parameter would lead out of its path, or no client could have sent such headers. Throws a URIError for one that no URL can have.
   */
  start ({ operation, params, query, headers, address }: Open, body: Uint8Array, isOwnHost: boolean): Replay | undefined {
    if (!this.operations.has(operation)) return undefined
    const [method = '', template = ''] = operation.split(' ')
    const path = fill(`${this.#fastify.prefix.replace(/\/$/, '')}${template}`, params)
    if (path === undefined || JSON.stringify(headers).length + query.length > MAX_HEAD) return undefined
    const secret = randomText()
    let reply: FastifyReply | undefined
    let isAborted = false
    this.#running.set(secret, started => {
      reply = started
      if (isAborted) reply.raw.destroy()
    })
    const answered = this.#inject({
      method: method as HTTPMethods & 'GET',
      url: `${path}${query.startsWith('?') ? query : ''}`,
      headers: { 'user-agent': undefined, ...headers, [REPLAY_HEADER]: secret },
      ...body.length > 0 && { payload: Buffer.from(body) },
      remoteAddress: toRemoteAddress(address, isOwnHost),
      payloadAsStream: true
    }, () => reply !== undefined).finally(() => this.#running.delete(secret))
    return {
      answered,
      abort () {
        isAborted = true
        if (reply && !reply.raw.writableEnded) reply.raw.destroy()
      }
    }
  }

  /** Rejects where the host's router has not found the operation: its connection may be there all the same. */
  async #inject (request: InjectOptions, isFound: () => boolean): Promise<Awaited<Replay['answered']>> {
    const answer = await this.#fastify.inject(request)
    if (answer.statusCode === 404 && !isFound()) throw new Error('there is no such route')
    return { status: answer.statusCode, headers: toAnswerHeaders(answer.headers), stream: answer.stream() }
  }
}

/** What a URL takes for a part of its own, however it is written: one that is empty, of which the first would be a host, and those that lead elsewhere (https://url.spec.whatwg.org/#double-dot-path-segment). */
const NO_SEGMENTS = ['', '.', '..']

/** Undefined where a parameter would not be one segment of the path. */
function fill (template: string, params: Record<string, string>): string | undefined {
  const names = [...template.matchAll(/:(\w+)/g)].map(([, name]) => name!)
  if (names.some(name => NO_SEGMENTS.includes(params[name] ?? ''))) return undefined
  return template.replace(/:(\w+)/g, (_whole, name: string) => encodeURIComponent(params[name]!))
}

/** An address that means this host here meant another one there, and is nobody's: loopback, above all. */
function toRemoteAddress (address: string | undefined, isOwnHost: boolean): string {
  return address !== undefined && (isOwnHost || !isOfThisHost(address)) ? address : UNKNOWN_ADDRESS
}

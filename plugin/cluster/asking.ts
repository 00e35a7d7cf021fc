import { ClientGoneError, ClusterBusyError, ClusterTimeoutError, ClusterUnavailableError, ConnectionNotFoundError } from '../errors.js'
import { STREAM_PATIENCE } from './answers.js'
import type { ClusterEngine, RequestFailure } from './engine.js'
import { put } from './counts.js'
import { decode, encode, type Part, type Question } from './message.js'
import type { Presence } from './presence.js'
import { RemoteStream } from './remote-stream.js'

/** How long a process that has said nothing has for a last word, in milliseconds. Where nobody listens any more, the broker says so at once. */
const LAST_WORD = 500
/** How often it is asked for an answer that is not there yet, twice a second: two minutes. */
const MAX_WAITS = 240

export interface AskingInit {
  engine: ClusterEngine
  presence: Presence
  /** How long another process may say nothing, in milliseconds. */
  timeout: number
  /** How many requests may wait for the first word of one process. */
  maxInFlight: number
}

/** What another process has answered: its body, whole or as it comes. */
export interface RemoteAnswer {
  status: number
  headers: Record<string, string | string[]>
  body: Buffer | RemoteStream
}

interface PartOfAnswer {
  head: Part
  body: Uint8Array
}

/** Asks other processes. */
export class Asking {
  readonly #init: AskingInit
  /** How many wait for the first word of each process. */
  readonly #inFlight = new Map<string, number>()

  constructor (init: AskingInit) {
    this.#init = init
  }

  /**
   * Has the process answer a client's request. Throws ConnectionNotFound when it has ended, ClusterUnavailable when it cannot be
   * reached, ClusterTimeout when it says nothing, ClusterBusy, and ClientGone when the signal aborts.
   */
  async ask (node: string, question: Question, body: Uint8Array, signal?: AbortSignal): Promise<RemoteAnswer> {
    let part = await this.#open(node, encode({ type: 'open', ...question }, body))
    for (let waits = 0; part.head.status === undefined; waits++) {
      if (signal?.aborted || waits === MAX_WAITS) {
        this.#cancel(node, part.head.answer)
        throw signal?.aborted ? new ClientGoneError() : new ClusterTimeoutError()
      }
      part = await this.#exchange(node, encode({ type: 'next', answer: part.head.answer }))
    }
    const { status, headers = {}, answer, isLast } = part.head
    if (isLast) return { status, headers, body: Buffer.from(part.body) }
    const stream = new RemoteStream(part.body, {
      next: async () => {
        const { head: { isLast }, body } = await this.#exchange(node, encode({ type: 'next', answer }), STREAM_PATIENCE)
        return { chunk: body, isLast }
      },
      cancel: () => this.#cancel(node, answer)
    })
    return { status, headers, body: stream }
  }

  /** A process that is frozen holds up no request for another one, and an answer that takes its time none at all. */
  async #open (node: string, message: Uint8Array): Promise<PartOfAnswer> {
    const { maxInFlight } = this.#init
    const inFlight = () => this.#inFlight.get(node) ?? 0
    if (inFlight() >= maxInFlight) throw new ClusterBusyError(maxInFlight)
    put(this.#inFlight, node, inFlight() + 1)
    try {
      return await this.#exchange(node, message)
    } finally {
      put(this.#inFlight, node, inFlight() - 1)
    }
  }

  /** One message there and one back, which may take so many milliseconds more than a sign of life. */
  async #exchange (node: string, message: Uint8Array, patience = 0): Promise<PartOfAnswer> {
    const { engine, timeout, maxInFlight } = this.#init
    const reply = await engine.request(node, message, timeout + patience)
    if (typeof reply === 'string') throw await this.#explain(node, reply)
    const answer = decode(reply)
    if (answer?.head.type === 'part') return { head: answer.head, body: answer.body }
    throw answer?.head.type === 'refusal' && answer.head.reason === 'busy' ? new ClusterBusyError(maxInFlight) : new ClusterUnavailableError()
  }

  async #explain (node: string, failure: RequestFailure): Promise<Error> {
    const { engine, presence } = this.#init
    const reason = failure === 'silence' ? await engine.request(node, encode({ type: 'cancel', answer: '' }), LAST_WORD) : failure
    if (reason === 'nobody') return presence.isGone(node) ? new ConnectionNotFoundError() : new ClusterUnavailableError()
    return reason === 'disconnected' ? new ClusterUnavailableError() : new ClusterTimeoutError()
  }

  #cancel (node: string, answer: string): void {
    this.#init.engine.request(node, encode({ type: 'cancel', answer }), LAST_WORD)
  }
}

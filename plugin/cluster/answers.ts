import type { Readable } from 'node:stream'
import { randomText } from '../random-text.js'
import { settlesWithin } from '../settles-within.js'
import { encode } from './message.js'
import { readChunk } from './read-chunk.js'

/** How long whoever asks is left without a word while there is no answer yet, in milliseconds: it takes a longer silence for an end. */
const PATIENCE = 500
/** The same while a stream of events has nothing to say. */
export const STREAM_PATIENCE = 10_000
/** How long an answer is kept for whoever does not ask for its next part, in milliseconds. */
const TIME_TO_ASK = 30_000
/** How many requests of other processes may have said that they are under way, streams of events among them. */
const MAX_UNDER_WAY = 10_000

/** A request as it is done again here. */
export interface Replay {
  /** Its answer, when status and headers are there. */
  answered: Promise<{ status: number, headers: Record<string, string | string[]>, stream: Readable }>
  /** The client is gone. Harmless when it has been answered. */
  abort (): void
}

const BUSY = encode({ type: 'refusal', reason: 'busy' })
export const UNKNOWN = encode({ type: 'refusal', reason: 'unknown' })
export const DONE = encode({ type: 'done' })

/** What this process answers for others: each answer in parts, the next one when it is asked for. */
export class Answers {
  readonly #maxInFlight: number
  readonly #timeToAsk: number
  readonly #answers = new Map<string, Answer>()
  #inFlight = 0

  constructor (maxInFlight: number, timeToAsk = TIME_TO_ASK) {
    this.#maxInFlight = maxInFlight
    this.#timeToAsk = timeToAsk
  }

  /** The first part. */
  async open (start: () => Replay | undefined): Promise<Uint8Array> {
    if (this.#inFlight >= this.#maxInFlight || this.#answers.size >= this.#maxInFlight + MAX_UNDER_WAY) return BUSY
    const replay = start()
    if (!replay) return UNKNOWN
    this.#inFlight++
    const name = randomText()
    const answer = new Answer(name, replay, this.#timeToAsk, () => this.#answers.delete(name))
    this.#answers.set(name, answer)
    const first = await answer.next()
    this.#inFlight--
    return first
  }

  async next (name: string): Promise<Uint8Array> {
    return await this.#answers.get(name)?.next() ?? UNKNOWN
  }

  cancel (name: string): Uint8Array {
    this.#answers.get(name)?.cancel()
    return DONE
  }

  /** Ends all of them. */
  close (): void {
    for (const answer of this.#answers.values()) answer.cancel()
  }
}

class Answer {
  readonly #settled: Promise<void>
  readonly #name: string
  readonly #replay: Replay
  readonly #timeToAsk: number
  readonly #onEnd: () => void
  #stream: Readable | undefined
  #isAsked = false
  #timer: NodeJS.Timeout | undefined

  constructor (name: string, replay: Replay, timeToAsk: number, onEnd: () => void) {
    this.#name = name
    this.#replay = replay
    this.#timeToAsk = timeToAsk
    this.#onEnd = onEnd
    this.#settled = replay.answered.then(() => {}, () => {})
  }

  /** Whoever asks waits for the one part before it asks for the next. */
  async next (): Promise<Uint8Array> {
    if (this.#isAsked) return UNKNOWN
    this.#isAsked = true
    clearTimeout(this.#timer)
    try {
      return await this.#next()
    } catch {
      // It was cut off before it was whole.
      this.cancel()
      return UNKNOWN
    } finally {
      this.#isAsked = false
    }
  }

  cancel (): void {
    clearTimeout(this.#timer)
    this.#replay.abort()
    this.#onEnd()
  }

  async #next (): Promise<Uint8Array> {
    if (this.#stream) return this.#part(this.#stream, STREAM_PATIENCE)
    if (!await settlesWithin(this.#settled, PATIENCE)) {
      this.#expect()
      return encode({ type: 'part', answer: this.#name, isLast: false })
    }
    const { status, headers, stream } = await this.#replay.answered
    this.#stream = stream
    return this.#part(stream, 0, { status, headers })
  }

  async #part (stream: Readable, wait: number, head = {}): Promise<Uint8Array> {
    const { chunk, isLast } = await readChunk(stream, wait)
    if (isLast) this.#onEnd()
    else this.#expect()
    return encode({ type: 'part', answer: this.#name, ...head, isLast }, chunk)
  }

  /** Whoever asks may be gone. */
  #expect (): void {
    this.#timer = setTimeout(() => this.cancel(), this.#timeToAsk).unref()
  }
}

import { Readable, type Writable } from 'node:stream'
import type { WebRtcEvent } from '../../schemas/event.js'
import type { EventLog } from '../connections/event-log.js'
import { endAfter } from './end-after.js'

/** How often a stream without events says that it is there, in milliseconds: proxies close what is silent, often after 30 s. */
const HEARTBEAT = 15_000
/** How much may wait for a slow reader, in bytes. What else it has not read stays in the log. */
const MAX_WAITING = 16_384
/** After how many milliseconds an EventSource comes again. */
const RETRY = 1000

export interface EventStreamOptions {
  events: EventLog
  /** The id of the last event that the reader knows. */
  after: number
  /** Where the stream is written to. */
  output: Writable
  /** After how many milliseconds the stream ends. Default never. */
  timeout?: number
  /** Default 15000. */
  heartbeat?: number
}

/**
 * The events of a connection as server-sent events (https://html.spec.whatwg.org/#server-sent-events), until the connection
 * has closed. Nothing is written ahead of its reader: one that stops reading falls behind, and is cut off when it has read
 * nothing between two heartbeats, or when the log does not reach back to it any more.
 */
export class EventStream extends Readable {
  readonly #events: EventLog
  readonly #timers: NodeJS.Timeout[]
  readonly #unsubscribe: () => void
  readonly #output: Writable
  #after: number
  #isWanted = false
  #isExpired = false
  #isEnded = false

  /** Throws EventsGone. */
  constructor ({ events, after, output, timeout, heartbeat = HEARTBEAT }: EventStreamOptions) {
    events.next(after)
    super({ highWaterMark: MAX_WAITING })
    this.#output = output
    this.#events = events
    this.#after = after
    this.#timers = [setInterval(() => this.#beat(), heartbeat).unref()]
    if (timeout !== undefined) this.#timers.push(setTimeout(() => this.#expire(), timeout).unref())
    this.#unsubscribe = events.subscribe({ onNews: () => { if (this.#isWanted) this._read() }, onReplaced: () => this.#end() })
    // Also for the headers to leave at once.
    this.push(`retry: ${RETRY}\n\n`)
  }

  override _read (): void {
    if (this.#isEnded) return
    let event
    try {
      event = this.#events.next(this.#after)
    } catch (error) {
      this.destroy(error as Error)
      return
    }
    this.#isWanted = !event
    if (event) {
      this.#after = event.id
      this.push(formatEvent(event))
    }
    if (event ? event.type === 'closed' : this.#isExpired) this.#end()
  }

  override _destroy (error: Error | null, callback: (error: Error | null) => void): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#unsubscribe()
    callback(error)
  }

  #beat (): void {
    if (this.readableLength > 0) this.destroy(new Error('the reader of an event stream has stopped reading'))
    else this.push(':\n\n')
  }

  /** What has happened by then is still told. */
  #expire (): void {
    this.#isExpired = true
    if (this.#isWanted) this.#end()
  }

  #end (): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.push(null)
    endAfter(this.#output)
  }
}

function formatEvent (event: WebRtcEvent): string {
  return `id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
}

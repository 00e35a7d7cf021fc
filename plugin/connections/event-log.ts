import type { WebRtcEvent } from '../../schemas/event.js'
import { EventsGoneError } from '../errors.js'
import { Readers, type Reader } from './readers.js'

/** How many events of a connection are kept. */
export const MAX_EVENTS = 128
/** How large they may be together, as JSON, in characters. */
export const MAX_EVENTS_SIZE = 131072

type WithoutId<Event> = Event extends WebRtcEvent ? Omit<Event, 'id'> : never
/** An event that has not happened yet. */
export type NewEvent = WithoutId<WebRtcEvent>

/** What has happened to a connection, over all its peers: the latest, for those who read on from what they know. */
export class EventLog {
  readonly #readers = new Readers()
  readonly #events: WebRtcEvent[] = []
  #size = 0
  #lastId = 0
  #peerStart = 0

  /** The id of the latest event, 0 before the first. */
  get lastId (): number {
    return this.#lastId
  }

  /** The id of the last event before those of the current peer. */
  get peerStart (): number {
    return this.#peerStart
  }

  /** What is appended from now on is of another peer. */
  startPeer (): void {
    this.#peerStart = this.#lastId
  }

  /** Nothing comes after `closed`. */
  append (event: NewEvent): void {
    if (this.#events.at(-1)?.type === 'closed') return
    const numbered = { id: ++this.#lastId, ...event }
    this.#events.push(numbered)
    this.#size += sizeOf(numbered)
    while (this.#events.length > MAX_EVENTS || (this.#size > MAX_EVENTS_SIZE && this.#events.length > 1)) {
      this.#size -= sizeOf(this.#events.shift()!)
    }
    this.#readers.wake()
  }

  /** The event after the one with the id, if it has happened. Throws EventsGone when it is not kept any more, and for an id that was never given. */
  next (id: number): WebRtcEvent | undefined {
    const index = id - this.#lastId + this.#events.length
    if (index < 0 || id > this.#lastId) throw new EventsGoneError()
    return this.#events[index]
  }

  /** There is news that is no event. */
  wake (): void {
    this.#readers.wake()
  }

  /** Tells the reader of each event to come. The returned function ends it. */
  subscribe (reader: Reader): () => void {
    return this.#readers.add(reader)
  }
}

function sizeOf (event: WebRtcEvent): number {
  return JSON.stringify(event).length
}

import { get, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import type { Test } from 'tap'
import { signal, within } from './deadline.js'
import { readEventStream, type ServerSentEvent } from './event-stream.js'

/** Reads a stream of events over a socket of its own, and keeps what it has read. */
export class EventReader {
  readonly headers: IncomingHttpHeaders
  readonly #request: ClientRequest
  readonly #ended = signal()
  readonly #cut = signal()
  #text = ''
  #onData = () => {}

  private constructor (request: ClientRequest, response: IncomingMessage) {
    this.headers = response.headers
    this.#request = request
    response.setEncoding('utf8').on('data', chunk => {
      this.#text += chunk
      this.#onData()
    })
    response.on('end', () => this.#ended.resolve()).on('error', () => this.#cut.resolve())
  }

  /** Settles when the server has answered; throws unless that is 200. */
  static async open (t: Pick<Test, 'teardown'>, port: number, path: string, headers = {}): Promise<EventReader> {
    const { promise, resolve } = signal<EventReader | number>()
    const request = get({ host: '127.0.0.1', port, path, headers, agent: false }, response => resolve(response.statusCode === 200 ? new EventReader(request, response) : response.statusCode!))
    request.on('error', () => {})
    t.teardown(() => { request.destroy() })
    const reader = await within(promise, `an answer to GET ${path}`)
    if (typeof reader === 'number') throw new Error(`GET ${path}: expected 200, found ${reader}`)
    return reader
  }

  /** The whole events so far. */
  get events (): ServerSentEvent[] {
    return readEventStream(this.#text.slice(0, this.#text.lastIndexOf('\n\n') + 1))
  }

  /** Settles with the first event that is looked for. */
  async until (isFound: (event: ServerSentEvent) => boolean): Promise<ServerSentEvent> {
    const { promise, resolve } = signal<ServerSentEvent>()
    this.#onData = () => {
      const found = this.events.find(isFound)
      if (found) resolve(found)
    }
    this.#onData()
    return await within(promise, 'an event')
  }

  /** Settles with all events when the server has ended the stream. */
  async ended (): Promise<ServerSentEvent[]> {
    await within(this.#ended.promise, 'the stream to end')
    return this.events
  }

  /** Settles when the stream was cut off. */
  async cut (milliseconds?: number): Promise<void> {
    await within(this.#cut.promise, 'the stream to be cut off', milliseconds)
  }

  close (): void {
    this.#request.destroy()
  }
}

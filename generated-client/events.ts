import { ConnectionError, unwrap } from './connection-error.js'
import { readEventStream } from './event-stream.js'
import type { components } from './schema.js'
import type { SignalingClient } from './signaling-client.js'

/** What has happened to a connection: told apart by its `type`. */
export type WebRtcEvent = components['schemas']['WebRtcEvent']

export interface EventsOptions {
  /** The last event that is known, for instance from a connection. Default none: from the first event of its current peer. */
  lastEventId?: number
  /** Ends the reading: the iterator throws the signal's reason. */
  signal?: AbortSignal
}

/** Time to wait before asking again, in milliseconds: at random up to the first, twice as long each time in vain, up to the last. */
export interface RetryDelays {
  first: number
  last: number
}

const DELAYS: RetryDelays = { first: 500, last: 30_000 }

/**
 * What happens to a connection, each event once and in order, until it has closed. A stream that was cut is asked for again
 * from where it was. Throws a ConnectionError when the server refuses, and when events were lost that the server does not keep
 * any more (FST_WEBRTC_EVENTS_GONE: get the connection, and go on from its `lastEventId`).
 */
export async function * readEvents (api: SignalingClient, id: string, { lastEventId, signal }: EventsOptions = {}, { first, last }: RetryDelays = DELAYS): AsyncGenerator<WebRtcEvent, void> {
  let wasOpened = false
  let failures = 0
  for (;;) {
    signal?.throwIfAborted()
    const started = performance.now()
    try {
      const stream = await openStream(api, id, lastEventId, signal)
      wasOpened = true
      for await (const data of readEventStream(stream)) {
        const event = JSON.parse(data) as WebRtcEvent
        yield event
        if (event.type === 'closed') return
        lastEventId = event.id
        failures = 0
      }
    } catch (error) {
      signal?.throwIfAborted()
      // It has closed, and nobody heard of it.
      if (wasOpened && error instanceof ConnectionError && error.statusCode === 404) return
      if (isFinal(error)) throw error
    }
    if (performance.now() - started > last) failures = 0
    await delay(Math.random() * Math.min(last, first * 2 ** failures++), signal)
  }
}

async function openStream (api: SignalingClient, id: string, lastEventId: number | undefined, signal: AbortSignal | undefined): Promise<ReadableStream<Uint8Array>> {
  const answer = api.GET('/connections/{id}/events', { params: { path: { id }, query: { lastEventId } }, parseAs: 'stream', signal })
  const stream = (await unwrap(answer))!
  const { headers, status } = (await answer).response
  if (headers.get('content-type')?.startsWith('text/event-stream')) return stream
  stream.cancel().catch(() => {})
  throw new ConnectionError('Expected a stream of events, found another answer', { code: 'UNEXPECTED_ANSWER', statusCode: status })
}

/** Whether asking again is of no use: the server refuses, and not because it is busy or behind a proxy that is. */
function isFinal (error: unknown): boolean {
  return error instanceof ConnectionError && error.statusCode !== undefined && error.statusCode < 500 && error.statusCode !== 429
}

async function delay (milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>(resolve => {
    const end = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, milliseconds)
    signal?.addEventListener('abort', end)
  })
}

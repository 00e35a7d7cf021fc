import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import t from 'tap'
import { EventLog, MAX_EVENTS } from '../../plugin/connections/event-log.js'
import { EventStream } from '../../plugin/routes/event-stream.js'
import { signal, within } from '../helpers/deadline.js'
import { readEventStream } from '../helpers/event-stream.js'

/** What is written to it; `read` lets it take one more chunk when it does not read by itself. */
class Output extends Writable {
  text = ''
  chunks = 0
  readonly #isReading: boolean

  constructor (isReading = true) {
    super({ highWaterMark: 1 })
    this.#isReading = isReading
  }

  override _write (chunk: Buffer, _encoding: string, callback: () => void): void {
    this.text += chunk
    this.chunks++
    if (this.#isReading) callback()
  }
}

function fill (events: EventLog, count: number, size = 1): void {
  for (let index = 0; index < count; index++) events.append({ type: 'candidate', candidate: { candidate: 'x'.repeat(size) } })
}

t.test('a heartbeat -> a comment between the events', async t => {
  const events = new EventLog()
  const output = new Output()
  const stream = new EventStream({ events, after: 0, output, heartbeat: 5 })
  const beat = signal()
  stream.on('data', chunk => { if (String(chunk) === ':\n\n') beat.resolve() })
  stream.pipe(output)
  await within(beat.promise, 'a heartbeat')
  events.append({ type: 'closed', reason: 'application' })
  await within(new Promise(resolve => output.on('finish', resolve)), 'the end')
  t.match(readEventStream(output.text), [{ id: '1', type: 'closed' }])
})

t.test('a reader that reads nothing between two heartbeats -> cut off, and little was kept for it', async t => {
  const events = new EventLog()
  fill(events, 100, 1000)
  const output = new Output(false)
  const stream = new EventStream({ events, after: 0, output, heartbeat: 20 })
  await t.rejects(within(pipeline(stream, output), 'the end'), { message: /stopped reading/ })
  t.equal(output.chunks, 1)
  t.ok(stream.readableLength < 40_000)
})

t.test('a reader that falls behind what is kept -> cut off', async t => {
  const events = new EventLog()
  fill(events, 1)
  const stream = new EventStream({ events, after: 0, output: new Output() })
  fill(events, MAX_EVENTS + 1)
  await t.rejects(within(stream.toArray(), 'the end'), { code: 'FST_WEBRTC_EVENTS_GONE' })
})

t.test('a reader that has not read what came before the end -> cut off a second later', async t => {
  const events = new EventLog()
  fill(events, 1)
  const output = new Output(false)
  const stream = new EventStream({ events, after: 0, output, timeout: 1_000_000 })
  const ended = pipeline(stream, output)
  events.append({ type: 'closed', reason: 'shutdown' })
  await t.rejects(within(ended, 'the end'), { code: 'ERR_STREAM_PREMATURE_CLOSE' })
  t.ok(stream.destroyed)
})

t.test('a timeout before anything was read -> what had happened is told, then it ends', async t => {
  const events = new EventLog()
  fill(events, 3)
  const output = new Output()
  const stream = new EventStream({ events, after: 1, output, timeout: 0 })
  await new Promise(resolve => setTimeout(resolve, 5))
  await pipeline(stream, output)
  t.strictSame(readEventStream(output.text).map(({ id }) => id), ['2', '3'])
})

t.test('what happens after the end -> not told', async t => {
  const events = new EventLog()
  const output = new Output()
  const stream = new EventStream({ events, after: 0, output })
  for (let count = 0; count < 4; count++) events.subscribe({ onNews () {}, onReplaced () {} })
  fill(events, 1)
  await pipeline(stream, output)
  t.strictSame(readEventStream(output.text), [])
})

t.test('what happens after the end, while the reader has not read what came before -> not told', async t => {
  const events = new EventLog()
  const output = new Output(false)
  const stream = new EventStream({ events, after: 0, output, timeout: 5 })
  fill(events, 2)
  const ended = t.rejects(pipeline(stream, output), { code: 'ERR_STREAM_PREMATURE_CLOSE' })
  await new Promise(resolve => setTimeout(resolve, 20))
  const { readableLength } = stream
  t.ok(readableLength > 0)
  fill(events, 1)
  for (let count = 0; count < 4; count++) events.subscribe({ onNews () {}, onReplaced () {} })
  t.equal(stream.readableLength, readableLength)
  output.destroy()
  await ended
})

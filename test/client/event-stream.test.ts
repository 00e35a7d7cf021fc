import t from 'tap'
import { readEventStream } from '../../generated-client/event-stream.js'

const TEXT = '\ufeffretry: 1000\n\n:\n\nid: 1\nevent: x\ndata: {"a":1}\n\ndata:first\r\ndata: second é\r\n\r\nid: 2\r\revent: y\rdata: third\r\rdata: never ended\n'
const EVENTS = ['{"a":1}', 'first\nsecond é', 'third']

function stream (chunks: Uint8Array[], onCancel = () => {}): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull (controller) {
      const chunk = chunks.shift()
      if (chunk) controller.enqueue(chunk)
      else controller.close()
    },
    cancel: onCancel
  })
}

for (const size of [1, 2, 3, 5, 7, 1000]) {
  t.test(`readEventStream in chunks of ${size} bytes -> the data of each whole event`, async t => {
    const bytes = new TextEncoder().encode(TEXT)
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.slice(index * size, (index + 1) * size))
    const events: string[] = []
    for await (const data of readEventStream(stream(chunks))) events.push(data)
    t.same(events, EVENTS)
  })
}

t.test('readEventStream when nobody reads on -> the stream is closed', async t => {
  let isCancelled = false
  const events = readEventStream(stream([new TextEncoder().encode(TEXT), new TextEncoder().encode(TEXT)], () => { isCancelled = true }))
  t.equal((await events.next()).value, EVENTS[0])
  await events.return()
  t.ok(isCancelled)
})

t.test('readEventStream when the stream fails -> rejects with why', async t => {
  const failing = new ReadableStream<Uint8Array>({ pull: controller => controller.error(new TypeError('terminated')) })
  await t.rejects(readEventStream(failing).next(), { message: 'terminated' })
})

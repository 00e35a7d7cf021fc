import t from 'tap'
import { isDeeperThan } from '../../plugin/routes/json-depth.js'
import { description } from '../helpers/descriptions.js'
import { median } from '../helpers/median.js'
import { measureServerTime } from '../helpers/server-time.js'
import { createServer } from '../helpers/server.js'

const LENGTH = 32768
/** Milliseconds of the server's time. It takes a fraction of one. */
const TIME = 5
const RUNS = 11
const headers = { 'content-type': 'application/json' }

const fill = (open: string, inner: string, close: string) => {
  const levels = Math.floor((LENGTH - inner.length) / (open.length + close.length))
  return open.repeat(levels) + inner + close.repeat(levels)
}

const BODIES: Record<string, string> = {
  lists: fill('[', '', ']'),
  'lists that do not end': fill('[', '', ''),
  objects: fill('{"a":', '1', '}'),
  'objects that do not end': fill('{"":', '', ''),
  'lists around __proto__': fill('[', '{"__proto__":{}}', ']'),
  'lists around constructor': fill('[', '{"constructor":{"prototype":{}}}', ']'),
  'objects in remoteDescription': fill('{"remoteDescription":', '{}', '}'),
  'objects in __proto__': fill('{"__proto__":', '{}', '}')
}

for (const [name, body] of Object.entries(BODIES)) {
  t.test(`POST with ${name} as deep as 32 KiB allow -> 400 in less than ${TIME} ms of the server's time, and no connection`, async t => {
    const { times, host } = measureServerTime()
    const server = await createServer(t, { host })
    for (let run = 0; run < RUNS; run++) {
      const { statusCode, json } = await server.request('POST', '/connections', undefined, { body, headers })
      t.equal(statusCode, 400)
      t.equal(json.code, 'FST_WEBRTC_BODY_TOO_DEEP')
    }
    t.ok(median(times) < TIME, `${median(times).toFixed(2)} ms`)
    t.equal(server.connections.size, 0)
  })
}

t.test('POST with brackets in the text of a description -> 201', async t => {
  const server = await createServer(t)
  const { type, sdp } = description('chromium-offer')
  await server.createConnection({ type, sdp: sdp.replace('s=-', `s=\\"${'[{'.repeat(100)}"`) })
})

const DEPTHS: [json: string, depth: number][] = [
  ['', 0], ['1', 0], ['{}', 1], ['[{}]', 2], ['[][][]', 1], ['{"a":{"b":[]}}', 3],
  ['"[[["', 0], ['["[{"]', 1], ['["\\"[["]', 1], ['["\\\\",[]]', 2], ['"[', 0], ['"\\', 0], [']]][', 0]
]

for (const [json, depth] of DEPTHS) {
  t.test(`isDeeperThan -> ${json || 'nothing'} -> ${depth} levels`, async t => {
    t.equal(isDeeperThan(depth, json), false)
    t.equal(isDeeperThan(depth - 1, json), depth > 0)
  })
}

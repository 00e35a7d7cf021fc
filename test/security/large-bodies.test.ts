import t, { type Test } from 'tap'
import { description, withLines } from '../helpers/descriptions.js'
import { HttpClient, listen, type HttpRequestOptions } from '../helpers/http-client.js'
import { median } from '../helpers/median.js'
import { measureServerTime } from '../helpers/server-time.js'
import { createServer, type TestServer } from '../helpers/server.js'

const MEGABYTE = 1024 * 1024
const RUNS = 11
/** Milliseconds of the server's time. It takes a fraction of one; the median of several keeps a busy machine out. */
const TIME = 5

/** A server that keeps the time from the request to its answer. */
async function timed (t: Test): Promise<{ server: TestServer, client: HttpClient, times: number[] }> {
  const { times, host } = measureServerTime()
  const server = await createServer(t, { host })
  return { server, client: await listen(t, server.app), times }
}

const body = JSON.stringify({ remoteDescription: { type: 'offer', sdp: 'v=0\r\n'.repeat(MEGABYTE / 5) } })
const headers = { 'content-type': 'application/json' }
const BODIES: Record<string, HttpRequestOptions> = {
  'with a content-length': { body, headers },
  'in chunks': { body: body.match(/.{1,16384}/gs)!, headers }
}

for (const [name, options] of Object.entries(BODIES)) {
  t.test(`POST with an SDP of 1 MB ${name} -> 413 in less than ${TIME} ms of the server's time, and no connection`, async t => {
    const { server, client, times } = await timed(t)
    const { id } = await server.createConnection()
    times.length = 0
    for (const path of ['/connections', `/connections/${id}/remote-description`]) {
      for (let run = 0; run < RUNS; run++) {
        const { statusCode, body } = await client.request('POST', path, options)
        t.equal(statusCode, 413)
        t.match(JSON.parse(body), { code: 'FST_ERR_CTP_BODY_TOO_LARGE' })
      }
    }
    t.equal(times.length, 2 * RUNS)
    t.ok(median(times) < TIME, `${median(times).toFixed(2)} ms`)
    t.equal(server.connections.size, 1)
  })
}

t.test('POST with a body of 32768 bytes -> read, of one more -> 413', async t => {
  const server = await createServer(t)
  const client = await listen(t, server.app)
  const offer = description('chromium-offer')
  const start = JSON.stringify({ remoteDescription: { ...offer, sdp: withLines(offer.sdp, ...Array(100).fill('a=candidate:1 1 udp 1 name.test 9 typ host')) } })
  const padded = start + ' '.repeat(32768 - start.length)
  t.equal((await client.request('POST', '/connections', { body: padded, headers })).statusCode, 201)
  t.equal((await client.request('POST', '/connections', { body: `${padded} `, headers })).statusCode, 413)
  t.equal((await client.request('POST', '/connections', { body: [padded, ' '], headers })).statusCode, 413)
})

t.test('POST with a content-length that is not the body -> 400, and the next request is answered', async t => {
  const server = await createServer(t)
  const { statusCode } = await server.request('POST', '/connections', undefined, { body: '{}', headers: { ...headers, 'content-length': '20000' } })
  t.equal(statusCode, 400)
  t.equal((await server.request('POST', '/connections')).statusCode, 201)
})

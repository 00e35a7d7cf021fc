import t from 'tap'
import { ConnectionError, createSignalingClient } from '../../generated-client/index.js'
import { unwrap } from '../../generated-client/connection-error.js'

function answering (answer: () => Response | Promise<Response>) {
  const api = createSignalingClient({ baseUrl: 'http://localhost', fetch: async () => await answer() })
  return unwrap(api.GET('/connections/{id}', { params: { path: { id: 'x' } } }))
}

const json = { 'content-type': 'application/json' }
const refusal = { statusCode: 503, code: 'FST_WEBRTC_TOO_MANY_CONNECTIONS', error: 'Service Unavailable', message: 'Too many connections: at most 1' }

t.test('an answer of the API is what the request resolves with', async t => {
  t.same(await answering(() => Response.json({ id: 'x' })), { id: 'x' })
})

t.test('a refusal rejects with the code, the status, the message and Retry-After of the server', async t => {
  const error = await answering(() => Response.json(refusal, { status: 503, headers: { 'retry-after': '7' } })).catch(error => error)
  t.ok(error instanceof ConnectionError)
  t.match(error, { name: 'ConnectionError', code: refusal.code, statusCode: 503, message: refusal.message, retryAfter: 7 })
})

t.test('a refusal without a code and without Retry-After', async t => {
  const { code: _, ...withoutCode } = refusal
  t.match(await answering(() => Response.json(withoutCode, { status: 503 })).catch(error => error), { code: 'UNEXPECTED_ANSWER', statusCode: 503, retryAfter: undefined })
})

t.test('no answer rejects with NETWORK_ERROR and its cause', async t => {
  const cause = new TypeError('fetch failed')
  t.match(await answering(() => Promise.reject(cause)).catch(error => error), { code: 'NETWORK_ERROR', statusCode: undefined, cause })
})

for (const [title, response] of Object.entries({
  'HTML in place of JSON': () => new Response('<p>', { status: 200, headers: json }),
  'JSON that is not an object': () => Response.json('hello'),
  'no body': () => new Response(null, { status: 204 }),
  'an error page': () => new Response('<p>Bad gateway', { status: 502 }),
  'an error that is not one of the API': () => Response.json({ oops: true }, { status: 500 })
})) {
  t.test(`${title} rejects with UNEXPECTED_ANSWER`, async t => {
    t.match(await answering(response).catch(error => error), { name: 'ConnectionError', code: 'UNEXPECTED_ANSWER' })
  })
}

t.test('an aborted request rejects as it was aborted', async t => {
  const reason = new DOMException('stop', 'AbortError')
  t.equal(await answering(() => Promise.reject(reason)).catch(error => error), reason)
})

for (const [name, navigator, message] of [
  ['while the browser is offline', { onLine: false }, /offline$/],
  ['while it is online', { onLine: true }, /CORS\)$/],
  ['in Node', undefined, /CORS\)$/]
] as const) {
  t.test(`a request without an answer ${name} -> NETWORK_ERROR that says what can be known`, async t => {
    t.intercept(globalThis, 'navigator', { value: navigator })
    const cause = new TypeError('fetch failed')
    await t.rejects(unwrap(Promise.reject(cause)), { code: 'NETWORK_ERROR', message, cause })
  })
}

import t from 'tap'
import type { WebRtcConnection } from '../../plugin/index.js'
import { livePeerConnections } from '../../plugin/peer/native-connection.js'
import { description, withAttribute, withLines } from '../helpers/descriptions.js'
import { createServer } from '../helpers/server.js'
import { connect, connectByOffer } from '../helpers/handshake.js'

const offer = description('chromium-offer')

const NO_DESCRIPTION: Record<string, object> = {
  'no body': {},
  '{}': { body: '{}', headers: { 'content-type': 'application/json' } },
  'an empty body of JSON': { body: '', headers: { 'content-type': 'application/json' } },
  'a charset': { body: '{}', headers: { 'content-type': 'application/json; charset=utf-8' } },
  'another spelling of the media type': { body: '{}', headers: { 'content-type': 'Application/JSON;charset="UTF-8"' } }
}

for (const [name, init] of Object.entries(NO_DESCRIPTION)) {
  t.test(`POST /connections with ${name} -> 201 and the server's offer`, async t => {
    const server = await createServer(t, { prefix: '/ping-pong' })
    const { statusCode, headers, json } = await server.request<WebRtcConnection>('POST', '/connections', undefined, init)
    t.equal(statusCode, 201)
    t.match(json.id, /^[\w-]{22}$/)
    t.equal(headers.location, `/ping-pong/connections/${json.id}`)
    t.equal(headers['cache-control'], 'no-store')
    t.match(json, {
      state: 'open',
      connectionState: 'new',
      iceConnectionState: 'new',
      iceGatheringState: 'complete',
      signalingState: 'have-local-offer',
      localDescription: { type: 'offer', sdp: /^a=candidate:\S+ 1 UDP \d+ 127\.0\.0\.1 \d+ typ host\r$/m }
    })
    t.notOk('remoteDescription' in json)
    t.equal(server.connections.getConnection(json.id)?.isPending, true)
  })
}

t.test('POST /connections with an offer -> 201 and the answer to it', async t => {
  const server = await createServer(t)
  const { statusCode, json } = await server.request<WebRtcConnection>('POST', '/connections', { remoteDescription: offer })
  t.equal(statusCode, 201)
  t.match(json, {
    connectionState: 'connecting',
    iceConnectionState: 'checking',
    signalingState: 'stable',
    localDescription: { type: 'answer', sdp: /^a=setup:active\r$/m },
    remoteDescription: { type: 'offer', sdp: /^a=candidate:\S+ 1 UDP \d+ 127\.0\.0\.1 \d+ typ host\r$/m }
  })
  t.notMatch(json.remoteDescription!.sdp, '.local')
})

t.test('POST /connections in either direction -> connects', async t => {
  const server = await createServer(t)
  const offered = await connect(t, server)
  const answered = await connectByOffer(t, server)
  for (const { connection: { id } } of [offered, answered]) {
    const { json } = await server.request<WebRtcConnection>('GET', `/connections/${id}`)
    t.match(json, { state: 'open', connectionState: 'connected', iceConnectionState: /connected|completed/, signalingState: 'stable' })
  }
})

const LOCATIONS: Record<string, string> = {
  '/connections?a=b/c': '/connections',
  '/connections#fragment': '/connections',
  '/connections/': '/connections',
  '/connections?next=%0d%0aset-cookie:a=b': '/connections',
  '/old/connections': '/old/connections'
}

for (const [url, expected] of Object.entries(LOCATIONS)) {
  t.test(`POST ${url} -> Location below ${expected}`, async t => {
    const server = await createServer(t, {
      generateId: () => '../a b/ü?#',
      fastify: { routerOptions: { ignoreTrailingSlash: true }, rewriteUrl: ({ url = '' }) => url.replace('/old/', '/') }
    })
    const { statusCode, headers } = await server.app.inject({ method: 'POST', url })
    t.equal(statusCode, 201)
    t.equal(headers.location, `${expected}/..%2Fa%20b%2F%C3%BC%3F%23`)
    t.notOk(headers['set-cookie'])
    const found = await server.app.inject({ method: 'GET', url: headers.location })
    t.equal(found.json().id, '../a b/ü?#')
  })
}

const INVALID: Record<string, string> = {
  'no JSON': '{',
  null: 'null',
  'a list': '[]',
  'a text': '"offer"',
  'a number': '1',
  'another property': '{"sdp":"v=0"}',
  'a remoteDescription of null': '{"remoteDescription":null}',
  'a remoteDescription of text': '{"remoteDescription":"v=0"}',
  'an empty remoteDescription': '{"remoteDescription":{}}',
  'a remoteDescription with another property': JSON.stringify({ remoteDescription: { ...offer, candidates: [] } }),
  'no sdp': '{"remoteDescription":{"type":"offer"}}',
  'an empty sdp': '{"remoteDescription":{"type":"offer","sdp":""}}',
  'an sdp that is a number': '{"remoteDescription":{"type":"offer","sdp":1}}',
  'an sdp that is a list': '{"remoteDescription":{"type":"offer","sdp":["v=0"]}}',
  __proto__: '{"__proto__":{"remoteDescription":{"type":"offer","sdp":"v=0"}}}',
  '__proto__ within': '{"remoteDescription":{"__proto__":{},"type":"offer","sdp":"v=0"}}',
  'constructor.prototype': '{"constructor":{"prototype":{"polluted":true}}}',
  'depth without end': `{"remoteDescription":${'['.repeat(10_000)}`,
  'depth that ends': `{"remoteDescription":${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
  ...Object.fromEntries(['pranswer', 'rollback', 'OFFER', 'offer ', '', 1, true, null, ['offer'], { toString: 'offer' }].map(type =>
    [`type ${JSON.stringify(type)}`, JSON.stringify({ remoteDescription: { ...offer, type } })])),
  'no type': JSON.stringify({ remoteDescription: { sdp: offer.sdp } })
}

for (const [name, body] of Object.entries(INVALID)) {
  t.test(`POST /connections with ${name} -> 400`, async t => {
    const server = await createServer(t)
    const { statusCode, json } = await server.request('POST', '/connections', undefined, { body, headers: { 'content-type': 'application/json' } })
    t.equal(statusCode, 400)
    t.ok(json.code)
    t.equal(server.connections.size, 0)
    t.notOk('polluted' in {})
  })
}

const INVALID_DESCRIPTIONS: Record<string, { type: string, sdp: string }> = {
  'an answer': description('chromium-answer'),
  'an offer that is no SDP': { type: 'offer', sdp: 'hello' },
  'an offer without a fingerprint': { type: 'offer', sdp: withAttribute(offer.sdp, 'fingerprint', undefined) },
  'an offer with audio': { type: 'offer', sdp: withLines(offer.sdp, 'm=audio 9 UDP/TLS/RTP/SAVPF 111', 'a=mid:1') }
}

for (const [name, remoteDescription] of Object.entries(INVALID_DESCRIPTIONS)) {
  t.test(`POST /connections with ${name} -> 400 before there is a native peer`, async t => {
    const reasons: string[] = []
    const server = await createServer(t, {
      beforeAnswer: () => t.fail('no hook runs'),
      onClosed: (_connection, reason) => reasons.push(reason)
    })
    const { statusCode, json } = await server.request('POST', '/connections', { remoteDescription })
    t.equal(statusCode, 400)
    t.equal(json.code, 'FST_WEBRTC_INVALID_DESCRIPTION')
    t.equal(livePeerConnections(), 0)
    t.equal(server.connections.size, 0)
    t.strictSame(reasons, ['peer-error'])
    t.strictSame(server.errors(), [])
  })
}

t.test('POST /connections with what only the native side refuses -> 400, and nothing is left', async t => {
  const server = await createServer(t)
  const { statusCode, json } = await server.request('POST', '/connections', { remoteDescription: { ...offer, sdp: withLines(offer.sdp, 'a=extmap:x') } })
  t.equal(statusCode, 400)
  t.match(json, { code: 'FST_WEBRTC_INVALID_DESCRIPTION', message: /the peer refused it$/ })
  t.equal(server.connections.size, 0)
  t.strictSame(server.errors(), [])
})

const MEDIA_TYPES = ['text/plain', 'text/json', 'application/jsonp', 'application/json-patch+json', 'application/sdp', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=a', 'application/json, text/plain', 'json', '']

for (const type of MEDIA_TYPES) {
  t.test(`POST /connections with content-type '${type}' -> 415 before there is a connection`, async t => {
    const server = await createServer(t, { generateId: () => { throw new Error('expected no id to be made') } })
    const { statusCode, json } = await server.request('POST', '/connections', undefined, { body: '{}', headers: { 'content-type': type } })
    t.equal(statusCode, 415)
    t.ok(json.code)
  })
}

const IDS: Record<string, () => unknown> = {
  throws: () => { throw new Error('secret') },
  'returns nothing': () => undefined,
  'returns a number': () => 1,
  'returns no character': () => '',
  'returns an id that is taken': () => 'taken'
}

for (const [name, generateId] of Object.entries(IDS)) {
  t.test(`POST /connections when generateId ${name} -> 500 without details, and other connections stay`, async t => {
    const ids = ['taken']
    const server = await createServer(t, { generateId: () => ids.shift() ?? generateId() as string })
    await server.createConnection()
    const { statusCode, json } = await server.request('POST', '/connections')
    t.equal(statusCode, 500)
    t.strictSame(json, { statusCode: 500, error: 'Internal Server Error', message: 'Internal Server Error' })
    t.match(server.errors().join(), /generateId|secret/)
    t.equal(server.connections.size, 1)
    t.equal(server.connections.pendingSize, 1)
  })
}

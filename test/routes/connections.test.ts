import t from 'tap'
import type { WebRtcConnection } from '../../plugin/index.js'
import { description } from '../helpers/descriptions.js'
import { connect, offered } from '../helpers/handshake.js'
import { createServer } from '../helpers/server.js'

t.test('GET /connections without listConnections -> 403', async t => {
  const server = await createServer(t)
  await server.createConnection()
  const { statusCode, json } = await server.request('GET', '/connections')
  t.equal(statusCode, 403)
  t.equal(json.code, 'FST_WEBRTC_LISTING_DISABLED')
})

t.test('GET /connections with listConnections -> ids and states, never a description', async t => {
  const server = await createServer(t, { listConnections: true })
  t.strictSame((await server.request<WebRtcConnection[]>('GET', '/connections')).json, [])

  const { connection: connected } = await connect(t, server)
  const answered = await server.createConnection(description('firefox-offer'))
  const { connection: pending } = await offered(t, server)
  const { statusCode, json, body } = await server.request<WebRtcConnection[]>('GET', '/connections')
  t.equal(statusCode, 200)
  t.strictSame(json.map(({ id, signalingState }) => ({ id, signalingState })), [
    { id: connected.id, signalingState: 'stable' }, { id: answered.id, signalingState: 'stable' }, { id: pending.id, signalingState: 'have-local-offer' }
  ])
  t.strictSame(Object.keys(json[0]!), ['id', 'state', 'connectionState', 'iceConnectionState', 'iceGatheringState', 'signalingState', 'lastEventId'])
  for (const secret of ['sdp', 'candidate', 'ufrag', 'pwd', 'fingerprint', '127.0.0.1']) t.notMatch(body, secret)
})

t.test('GET /connections/:id -> 200 as it was created, with the remote description once there is one', async t => {
  const server = await createServer(t)
  const { connection, answer } = await offered(t, server)
  const before = await server.request<WebRtcConnection>('GET', `/connections/${connection.id}`)
  t.equal(before.statusCode, 200)
  t.strictSame({ ...before.json, reconnectToken: connection.reconnectToken }, connection)
  t.equal(before.headers['cache-control'], 'no-store')

  const { json: remoteDescription } = await server.setRemoteDescription(connection.id, answer)
  const after = await server.request<WebRtcConnection>('GET', `/connections/${connection.id}`)
  t.equal(after.json.signalingState, 'stable')
  t.strictSame(after.json.remoteDescription, remoteDescription)
})

t.test('DELETE /connections/:id -> 200 and the closed connection, its peer closed, its id gone', async t => {
  const server = await createServer(t)
  const { connection, farEnd } = await connect(t, server)
  const { statusCode, json } = await server.request<WebRtcConnection>('DELETE', `/connections/${connection.id}`)
  t.equal(statusCode, 200)
  t.match(json, { id: connection.id, state: 'closed', connectionState: 'closed', iceConnectionState: 'closed', signalingState: 'closed' })
  t.equal(json.localDescription?.sdp, connection.localDescription?.sdp)
  await farEnd.closed()
  await server.state(connection.id, 'closed: deleted')

  const again = await server.request('DELETE', `/connections/${connection.id}`)
  t.equal(again.statusCode, 404)
  t.equal(server.connections.size, 0)
})

t.test('DELETE /connections/:id twice at once -> 200 and 404', async t => {
  const server = await createServer(t)
  const { id } = await server.createConnection()
  const answers = await Promise.all([server.request('DELETE', `/connections/${id}`), server.request('DELETE', `/connections/${id}`)])
  t.strictSame(answers.map(({ statusCode }) => statusCode).sort(), [200, 404])
})

t.test('DELETE /connections/:id with a body of JSON -> 200, of another media type -> 415, of no JSON -> 400', async t => {
  const server = await createServer(t)
  const { id } = await server.createConnection()
  const ask = (type: string, body: string) => server.request('DELETE', `/connections/${id}`, undefined, { body, headers: { 'content-type': type } })
  t.equal((await ask('text/plain', 'x')).statusCode, 415)
  t.equal((await ask('application/json', '{')).statusCode, 400)
  t.equal((await ask('application/json', `"${'x'.repeat(32768)}"`)).statusCode, 413)
  t.equal((await ask('application/json', '{}')).statusCode, 200)
})

const OPERATIONS: [method: 'GET' | 'POST' | 'DELETE', suffix: string][] = [
  ['GET', ''], ['DELETE', ''], ['GET', '/local-description'], ['GET', '/remote-description'], ['GET', '/stats'], ['POST', '/remote-description']
]
const UNKNOWN_IDS = [
  'unknown', '__proto__', 'constructor', 'toString', 'hasOwnProperty', '%00', '%0d%0ax-injected:1', '%2e%2e%2f', '..%2f..', '%F0%9F%98%80', "'%20OR%201=1--", '*',
  '{id}', ':id', 'a'.repeat(100)
]

t.test('operations on an id that is not known -> 404, one answer for every id that was or never was', async t => {
  const server = await createServer(t)
  const { id: closed } = await server.createConnection()
  await server.request('DELETE', `/connections/${closed}`)
  for (const [method, suffix] of OPERATIONS) {
    for (const id of [closed, ...UNKNOWN_IDS]) {
      const { statusCode, headers, json } = await server.request(method, `/connections/${id}${suffix}`, method === 'POST' ? description('chromium-answer') : undefined)
      t.equal(statusCode, 404, `${method} /connections/${id}${suffix}`)
      t.strictSame(json, { statusCode: 404, code: 'FST_WEBRTC_CONNECTION_NOT_FOUND', error: 'Not Found', message: 'Connection not found' })
      t.notOk(headers['x-injected'])
    }
  }
})

t.test('operations on an id that is no id -> 400 without any character, 414 with too many, 400 with what cannot be decoded', async t => {
  const server = await createServer(t)
  const ids = { '': 400, ['a'.repeat(101)]: 414, ['a'.repeat(10_000)]: 414, '%E0%A4%A': 400, '%': 400, '%FF': 400 }
  for (const [method, suffix] of OPERATIONS) {
    for (const [id, expected] of Object.entries(ids)) {
      const { statusCode, json } = await server.request(method, `/connections/${id}${suffix}`, method === 'POST' ? description('chromium-answer') : undefined)
      t.equal(statusCode, expected, `${method} /connections/${id.slice(0, 10)}${suffix}`)
      t.ok(json.code)
    }
  }
})

t.test('methods and paths that are no operation -> 404', async t => {
  const server = await createServer(t, { listConnections: true })
  const { id } = await server.createConnection()
  const asked: [method: string, url: string][] = [
    ['PUT', '/connections'], ['PATCH', `/connections/${id}`], ['DELETE', '/connections'], ['OPTIONS', '/connections'], ['TRACE', `/connections/${id}`],
    ['POST', `/connections/${id}`], ['POST', `/connections/${id}/local-description`], ['PUT', `/connections/${id}/remote-description`],
    ['DELETE', `/connections/${id}/remote-description`], ['GET', '/'], ['GET', `/connections/${id}/candidates`], ['GET', `/CONNECTIONS/${id}`], ['GET', `//connections/${id}`]
  ]
  for (const [method, url] of asked) {
    const { statusCode } = await server.app.inject({ method: method as 'GET', url })
    t.equal(statusCode, 404, `${method} ${url}`)
  }
  t.equal(server.connections.size, 1)
})

t.test('HEAD of every GET -> its status and headers without a body', async t => {
  const server = await createServer(t)
  const { id } = await server.createConnection()
  const paths = { '/connections': 403, [`/connections/${id}`]: 200, '/connections/unknown': 404, [`/connections/${id}/local-description`]: 200, [`/connections/${id}/remote-description`]: 404 }
  for (const [url, expected] of Object.entries(paths)) {
    const [head, get] = await Promise.all([server.app.inject({ method: 'HEAD', url }), server.app.inject({ method: 'GET', url })])
    t.equal(head.statusCode, expected, url)
    t.equal(head.body, '')
    t.equal(head.headers['content-length'], get.headers['content-length'])
    t.equal(head.headers['cache-control'], 'no-store')
  }
})

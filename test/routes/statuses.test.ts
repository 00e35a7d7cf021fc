import t from 'tap'
import { createCluster } from '../helpers/cluster.js'
import { documented, openapi, seen } from '../helpers/conformance.js'
import { signal } from '../helpers/deadline.js'
import { description } from '../helpers/descriptions.js'
import { listen } from '../helpers/http-client.js'
import { NativePeer, withoutCandidates } from '../helpers/native-peer.js'
import { untilState } from '../helpers/peers.js'
import { createServer, type TestServer } from '../helpers/server.js'

const answer = description('chromium-answer')
const LARGE = { body: JSON.stringify({ filler: 'x'.repeat(32768) }), headers: { 'content-type': 'application/json' } }
const TEXT = { body: 'text', headers: { 'content-type': 'text/plain' } }

const CANDIDATES = { candidates: [{ candidate: 'candidate:1 1 udp 1 127.0.0.1 5000 typ host' }] }

type Ask = (server: TestServer, id: string) => Promise<unknown>
type Method = 'GET' | 'POST' | 'DELETE'

/** What an operation on an id answers, whatever it does. */
const onId = (method: Method, suffix = '', body?: unknown): Record<string, Ask> => ({
  400: server => server.request(method, `/connections/%${suffix}`, body),
  404: server => server.request(method, `/connections/unknown${suffix}`, body),
  414: server => server.request(method, `/connections/${'a'.repeat(101)}${suffix}`, body),
  500: server => server.request(method, `/connections/unknown${suffix}?unidentified`, body)
})

/** What an operation with a body answers, whatever it does. */
const withBody = (method: Method, path: (id: string) => string): Record<string, Ask> => ({
  413: (server, id) => server.request(method, path(id), undefined, LARGE),
  415: (server, id) => server.request(method, path(id), undefined, TEXT)
})

const STATUSES: Record<string, Record<string, Ask>> = {
  createConnection: {
    201: server => server.request('POST', '/connections'),
    400: server => server.request('POST', '/connections', { remoteDescription: answer }),
    403: server => server.request('POST', '/connections', undefined, { headers: { origin: 'https://another.example' } }),
    500: server => server.request('POST', '/connections?throw'),
    503: server => server.request('POST', '/connections?full'),
    429: server => server.request('POST', '/connections'),
    504: server => server.request('POST', '/connections?never'),
    ...withBody('POST', () => '/connections')
  },
  listConnections: {
    200: server => server.request('GET', '/connections'),
    500: server => server.request('GET', '/connections?unidentified'),
    403: server => server.request('GET', '/connections')
  },
  getConnection: { 200: (server, id) => server.request('GET', `/connections/${id}`), ...onId('GET') },
  deleteConnection: {
    200: (server, id) => server.request('DELETE', `/connections/${id}`),
    ...onId('DELETE'),
    ...withBody('DELETE', id => `/connections/${id}`)
  },
  getLocalDescription: { 200: (server, id) => server.request('GET', `/connections/${id}/local-description`), ...onId('GET', '/local-description') },
  getRemoteDescription: {
    200: async (server, id) => {
      await server.setRemoteDescription(id, answer.sdp)
      await server.request('GET', `/connections/${id}/remote-description`)
    },
    ...onId('GET', '/remote-description')
  },
  listIceServers: {
    200: server => server.request('GET', '/ice-servers'),
    403: server => server.request('GET', '/ice-servers', undefined, { headers: { origin: 'https://another.example' } }),
    500: server => server.request('GET', '/ice-servers?throw'),
    504: server => server.request('GET', '/ice-servers?never')
  },
  getConnectionStats: { 200: (server, id) => server.request('GET', `/connections/${id}/stats`), ...onId('GET', '/stats') },
  setRemoteDescription: {
    200: (server, id) => server.setRemoteDescription(id, answer.sdp),
    409: (server, id) => server.setRemoteDescription(id, answer.sdp, 'offer'),
    ...onId('POST', '/remote-description', answer),
    ...withBody('POST', id => `/connections/${id}/remote-description`)
  },
  addRemoteCandidates: {
    200: (server, id) => server.request('POST', `/connections/${id}/remote-candidates`, CANDIDATES),
    409: async (server, id) => {
      await losePeer(server, id)
      await server.request('POST', `/connections/${id}/remote-candidates`, CANDIDATES)
    },
    ...onId('POST', '/remote-candidates', CANDIDATES),
    ...withBody('POST', id => `/connections/${id}/remote-candidates`)
  },
  listLocalCandidates: { 200: (server, id) => server.request('GET', `/connections/${id}/local-candidates`), ...onId('GET', '/local-candidates') },
  streamEvents: {
    200: (server, id) => server.request('GET', `/connections/${id}/events?timeout=0`),
    410: (server, id) => server.request('GET', `/connections/${id}/events?lastEventId=1000`),
    ...onId('GET', '/events')
  },
  reconnectConnection: {
    200: (server, id) => reconnect(server, id),
    403: (server, id) => server.request('POST', `/connections/${id}/reconnect`, { reconnectToken: 'another' }),
    ...onId('POST', '/reconnect', { reconnectToken: 'a' }),
    ...withBody('POST', id => `/connections/${id}/reconnect`),
    429: async (server, id) => {
      for (let count = 0; count < 2; count++) await reconnect(server, id)
    },
    504: (server, id) => reconnect(server, id, '?never')
  }
}

/** What a hook does that the query asks to fail. */
function fail (url: string): Promise<never> | undefined {
  if (url.endsWith('?throw')) throw new Error('of the application')
  return url.endsWith('?never') ? new Promise(() => {}) : undefined
}

/** Its far end comes and goes; the connection stays for a while. */
async function losePeer (server: TestServer, id: string): Promise<void> {
  const farEnd = new NativePeer()
  const { sdp } = server.connections.getConnection(id)!.localDescription!
  await server.setRemoteDescription(id, farEnd.answer(withoutCandidates(sdp)))
  farEnd.addCandidates(sdp)
  await Promise.all([server.state(id, 'connected'), farEnd.connected()])
  const closed = untilState(server.connections.getConnection(id)!.peerConnection, 'closed')
  await farEnd.close()
  await closed
}

function reconnect (server: TestServer, id: string, query = ''): Promise<unknown> {
  const { reconnectToken } = server.connections.getConnection(id)!
  return server.request('POST', `/connections/${id}/reconnect${query}`, { reconnectToken })
}

/** Every operation on a connection, of which there is none that the owner alone may answer. */
const ON_CONNECTION: [method: Method, suffix: string, body?: unknown][] = [
  ['GET', ''], ['DELETE', ''], ['GET', '/local-description'], ['GET', '/remote-description'], ['POST', '/remote-description', answer], ['GET', '/stats'],
  ['POST', '/remote-candidates', CANDIDATES], ['GET', '/local-candidates'], ['GET', '/events'], ['POST', '/reconnect', { reconnectToken: 'a' }]
]

t.test('every operation on a connection of a process that is frozen -> 504', async t => {
  const { servers: [owner, other] } = await createCluster(t, 2, { timeout: 100 })
  const { id } = await owner!.server.createConnection()
  owner!.engine.fault = 'frozen'
  const answers = await Promise.all(ON_CONNECTION.map(([method, suffix, body]) => other!.server.request(method, `/connections/${id}${suffix}`, body)))
  for (const [index, { statusCode, json }] of answers.entries()) t.strictSame([statusCode, json.code], [504, 'FST_WEBRTC_CLUSTER_TIMEOUT'], ON_CONNECTION[index]!.join(' '))
})

for (const [operationId, statuses] of Object.entries(STATUSES)) {
  for (const [status, ask] of Object.entries(statuses)) {
    t.test(`${operationId} -> ${status}`, async t => {
      const server = await createServer(t, {
        timeToConnected: status === '504' ? 200 : undefined,
        maxPendingConnections: status === '503' ? 1 : 10,
        maxPendingConnectionsPerAddress: status === '429' ? 1 : 10,
        maxReconnectsPerMinute: status === '429' ? 1 : 10,
        listConnections: status !== '403',
        identify ({ url }) {
          if (url.endsWith('?unidentified')) throw new Error('of the application')
          return undefined
        },
        beforeOffer: (_peerConnection, { request }) => fail(request.url),
        clientIceServers: request => request.url.startsWith('/ice-servers') ? fail(request.url) ?? [] : []
      })
      const { id } = await server.createConnection()
      await ask(server, id)
      t.ok(seen.has(`${operationId} ${status}`))
    })
  }
}

t.test('every operation while the server closes -> 503', async t => {
  const closing = signal()
  const server = await createServer(t, { listConnections: true, host: app => app.addHook('preClose', () => closing.promise) })
  const client = await listen(t, server.app)
  const { id } = await server.createConnection()
  const closed = server.app.close()
  for (const [template, methods] of Object.entries(openapi.paths)) {
    for (const method of Object.keys(methods)) {
      const { statusCode } = await client.request(method.toUpperCase() as Method, template.replace('{id}', id))
      t.equal(statusCode, 503, `${method} ${template}`)
    }
  }
  closing.resolve()
  await closed
})

t.test('every status of the document -> seen, and no other', async t => {
  t.strictSame([...seen].sort(), documented().sort())
})

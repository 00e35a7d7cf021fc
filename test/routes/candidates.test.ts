import t from 'tap'
import type { WebRtcConnection } from '../../plugin/index.js'
import { readIceCandidates } from '../../plugin/peer/ice-candidates.js'
import { signal, within } from '../helpers/deadline.js'
import { connect, offered } from '../helpers/handshake.js'
import { listen } from '../helpers/http-client.js'
import { withoutCandidates } from '../helpers/native-peer.js'
import { createServer, type TestServer } from '../helpers/server.js'
import { silentServer } from '../helpers/silent-server.js'

interface Candidates {
  candidates: { candidate: string, sdpMid?: string, sdpMLineIndex?: number, usernameFragment?: string }[]
  cursor: number
}

/** As it is used when its address is the one that the request came from. */
const first = (candidate: string) => candidate.replace(/ UDP \d+ /, ` UDP ${2 ** 31 - 1} `)

const attribute = (port: number, address = '127.0.0.1') => `candidate:1 1 UDP 1 ${address} ${port} typ host`

const list = (server: TestServer, id: string, query = '') => server.request<Candidates>('GET', `/connections/${id}/local-candidates${query}`)
const add = (server: TestServer, id: string, candidates: unknown) => server.request<Candidates>('POST', `/connections/${id}/remote-candidates`, { candidates })

for (const [name, isBefore] of Object.entries({ before: true, after: false })) {
  t.test(`POST /connections/:id/remote-candidates ${name} the answer, which has none -> 200 and it connects`, async t => {
    const server = await createServer(t)
    const { connection: { id, localDescription }, farEnd, answer } = await offered(t, server)
    const candidates = [...readIceCandidates(answer), { candidate: '' }]
    const trickle = async () => {
      const { statusCode, json } = await add(server, id, candidates)
      t.equal(statusCode, 200)
      t.strictSame(json, { candidates: candidates.map(used => ({ ...used, candidate: first(used.candidate) })) })
    }
    if (isBefore) await trickle()
    t.equal((await server.setRemoteDescription(id, withoutCandidates(answer))).statusCode, 200)
    if (!isBefore) await trickle()
    farEnd.addCandidates(localDescription!.sdp)
    await Promise.all([server.state(id, 'connected'), farEnd.connected()])
  })
}

t.test('POST /connections/:id/remote-candidates while the hook runs after an offer -> kept until the answer is made', async t => {
  const server = await createServer(t, {
    async beforeAnswer (_peerConnection, { connection }) {
      t.equal((await add(server, connection.id, [{ candidate: attribute(5000) }])).statusCode, 200)
    }
  })
  const { farEnd } = await offered(t, server)
  const { id } = await server.createConnection({ type: 'offer', sdp: withoutCandidates(farEnd.native.localDescription()!.sdp).replace('a=setup:active', 'a=setup:actpass') })
  t.equal((await add(server, id, [{ candidate: attribute(5000) }])).json.candidates.length, 1)
})

t.test("POST /connections/:id/remote-candidates -> by the policy of a description's candidates", async t => {
  const server = await createServer(t, { remoteCandidates: ['127.0.0.0/8'] })
  const { connection: { id } } = await offered(t, server)
  const { json } = await add(server, id, [attribute(5000, '10.0.0.1'), attribute(5000, 'example.com'), attribute(80), attribute(5000).replace('UDP', 'tcp'), attribute(5001, '::ffff:127.0.0.1'), attribute(5002, 'a.local')].map(candidate => ({ candidate })))
  t.strictSame(json, { candidates: [{ candidate: first(attribute(5001)) }, { candidate: attribute(5002) }] })
})

const WRONG: Record<string, unknown> = {
  none: [],
  'too many': Array.from({ length: 65 }, () => ({ candidate: '' })),
  null: [null],
  'a text': [attribute(5000)],
  'no candidate': [{ sdpMid: '0' }],
  'a null': [{ candidate: null }],
  'a null for a mid': [{ candidate: '', sdpMid: null }],
  'another word': [{ candidate: 'a=candidate:1' }],
  'two lines': [{ candidate: `${attribute(5000)}\r\na=ice-pwd:x` }],
  'a long one': [{ candidate: `candidate:${'1'.repeat(1024)}` }],
  'another property': [{ candidate: '', port: 1 }],
  'an index that is a text': [{ candidate: '', sdpMLineIndex: '0' }]
}

for (const [name, candidates] of Object.entries(WRONG)) {
  t.test(`POST /connections/:id/remote-candidates with ${name} -> 400, and none is used`, async t => {
    const server = await createServer(t)
    const { id } = await server.createConnection()
    const { statusCode, json } = await server.request('POST', `/connections/${id}/remote-candidates`, { candidates })
    t.equal(statusCode, 400)
    t.equal(json.code, 'FST_ERR_VALIDATION')
  })
}

t.test('POST /connections/:id/remote-candidates when the peer is gone -> 409', async t => {
  const server = await createServer(t)
  const { connection: { id } } = await connect(t, server)
  const { peerConnection } = server.connections.getConnection(id)!
  Object.defineProperty(peerConnection, 'signalingState', { value: 'closed' })
  const { statusCode, json } = await server.request('POST', `/connections/${id}/remote-candidates`, { candidates: [{ candidate: '' }] })
  t.equal(statusCode, 409)
  t.match(json, { code: 'FST_WEBRTC_INVALID_STATE', message: /expected a peer that is not closed$/ })
})

t.test('GET /connections/:id/local-candidates -> those of the description, the last one empty, and none after the cursor', async t => {
  const server = await createServer(t)
  const { id, localDescription } = await server.createConnection()
  const all = readIceCandidates(localDescription!.sdp)
  const { json } = await list(server, id)
  t.strictSame(json, { candidates: [...all, { candidate: '', usernameFragment: all[0]!.usernameFragment }], cursor: all.length + 1 })
  t.strictSame((await list(server, id, `?after=${all.length}`)).json, { candidates: json.candidates.slice(-1), cursor: json.cursor })
  t.strictSame((await list(server, id, `?after=${json.cursor}`)).json, { candidates: [], cursor: json.cursor })
})

t.test('GET /connections/:id/local-candidates?wait while the hook runs -> as soon as there is one', async t => {
  let waiting: Promise<{ json: Candidates }> | undefined
  const server = await createServer(t, {
    beforeOffer: (_peerConnection, { connection }) => { waiting = list(server, connection.id, '?wait=30000') }
  })
  await server.createConnection()
  t.match((await waiting!).json.candidates[0], { candidate: /^candidate:/ })
})

t.test('GET /connections/:id/local-candidates?wait -> ends after that time, with the connection, and when the client goes', async t => {
  const server = await createServer(t, { iceServers: [{ urls: `stun:127.0.0.1:${await silentServer(t)}` }], timeToHostCandidates: 1 })
  const client = await listen(t, server.app)
  const { id } = await server.createConnection()
  const { json: { cursor } } = await list(server, id)
  t.strictSame((await list(server, id, `?after=${cursor}&wait=10`)).json, { candidates: [], cursor })
  await t.rejects(fetch(`http://127.0.0.1:${client.port}/connections/${id}/local-candidates?after=${cursor}&wait=30000`, { signal: AbortSignal.timeout(100) }))
  const connection = server.connections.getConnection(id)!
  const asked = signal()
  const read = connection.readLocalCandidates.bind(connection)
  connection.readLocalCandidates = (...args) => {
    asked.resolve()
    return read(...args)
  }
  const waiting = client.request('GET', `/connections/${id}/local-candidates?after=${cursor}&wait=30000`)
  await within(asked.promise, 'the request to wait')
  await server.request('DELETE', `/connections/${id}`)
  t.equal((await waiting).statusCode, 200)
})

for (const query of ['?after=-1', '?after=x', '?after=1.5', '?after=', '?wait=30001', '?wait=1&wait=2', '?after=1e99']) {
  t.test(`GET /connections/:id/local-candidates${query} -> 400`, async t => {
    const server = await createServer(t)
    const { id } = await server.createConnection()
    const { statusCode, json } = await server.request('GET', `/connections/${id}/local-candidates${query}`)
    t.equal(statusCode, 400)
    t.equal(json.code, 'FST_ERR_VALIDATION')
  })
}

t.test('GET /connections/:id/local-candidates of a server that advertises an address -> that address, each once', async t => {
  const server = await createServer(t, { advertise: '192.0.2.1', bindAddress: '127.0.0.1' })
  const { json: { id, lastEventId } } = await server.request<WebRtcConnection>('POST', '/connections', { trickle: true })
  const { json } = await list(server, id)
  t.match(json.candidates, [{ candidate: /^candidate:\S+ 1 UDP \d+ 192\.0\.2\.1 \d+ typ host$/ }, { candidate: '' }])
  const { json: events } = await server.request<string>('GET', `/connections/${id}/events?timeout=0&lastEventId=${lastEventId}`)
  t.match(events, / 192\.0\.2\.1 /)
  t.notMatch(events, /127\.0\.0\.1/)
})

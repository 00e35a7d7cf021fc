import type { AddressInfo } from 'node:net'
import wrtc from '@roamhq/wrtc'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { ConnectionClient, createSignalingClient, type ConnectionClientOptions, type CreateConnectionOptions } from '../../generated-client/index.js'
import signaling, { type CloseReason, type SignalingOptions } from '../../plugin/index.js'
import { signal, within } from '../helpers/deadline.js'
import { silentServer } from '../helpers/silent-server.js'
import { echoHooks } from '../helpers/echo-hooks.js'

/** libwebrtc's peer in Node; remembers those that were made. */
const peerConnections: RTCPeerConnection[] = []
const WrtcPeerConnection = class extends wrtc.RTCPeerConnection {
  constructor (configuration?: RTCConfiguration) {
    super(configuration)
    peerConnections.push(this)
  }
} as unknown as typeof RTCPeerConnection

t.beforeEach(() => { peerConnections.length = 0 })

/** A server that sends back what it gets, on a channel of its own or of the client's. */
async function start (t: Test, options: SignalingOptions = {}, clientOptions: Partial<ConnectionClientOptions> = {}) {
  const requests: string[] = []
  const closed = signal<CloseReason>()
  // Sockets that fetch opens and never uses would keep it from closing for a minute.
  const app = Fastify({ forceCloseConnections: true })
  app.addHook('onRequest', async ({ method, url }) => { requests.push(`${method} ${url.replace(/[\w-]{22}/, ':id')}`) })
  app.register(signaling, {
    prefix: '/echo',
    bindAddress: '127.0.0.1',
    maxEventLoopDelay: Infinity,
    ...echoHooks,
    onClosed: (_connection, reason) => closed.resolve(reason),
    ...options
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => app.close())
  const origin = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  const client = new ConnectionClient({ baseUrl: `${origin}/echo`, RTCPeerConnection: WrtcPeerConnection, ...clientOptions })
  return { client, origin, requests, closed: () => within(closed.promise, 'the server to close the connection') }
}

function echo (channel: RTCDataChannel): Promise<unknown> {
  return new Promise(resolve => {
    channel.onopen = () => channel.send('hello')
    channel.onmessage = ({ data }) => resolve(data)
  })
}

function assertAllClosed (t: Test): void {
  t.ok(peerConnections.every(({ signalingState }) => signalingState === 'closed'), 'this end is closed')
}

t.test('createConnection with beforeAnswer connects, and close closes both ends once', async t => {
  const { client, requests, closed } = await start(t)
  let answer: Promise<unknown> | undefined
  const peerConnection = await client.createConnection({
    beforeAnswer (peerConnection) { answer = echo(peerConnection.createDataChannel('echo', { negotiated: true, id: 0 })) }
  })
  t.equal(await within(answer!, 'an echo'), 'hello')
  peerConnection.close()
  peerConnection.close()
  t.equal(await closed(), 'deleted')
  assertAllClosed(t)
  t.same(requests, ['POST /echo/connections', 'POST /echo/connections/:id/remote-description', 'DELETE /echo/connections/:id'])
})

t.test('createConnection with beforeOffer connects in one round trip', async t => {
  const { client, requests, closed } = await start(t)
  let answer: Promise<unknown> | undefined
  const peerConnection = await client.createConnection({
    beforeOffer (peerConnection) { answer = echo(peerConnection.createDataChannel('mine')) }
  })
  t.equal(await within(answer!, 'an echo'), 'hello')
  t.same(requests, ['POST /echo/connections'])
  peerConnection.close()
  t.equal(await closed(), 'deleted')
})

const ICE_SERVERS = [{ urls: ['stun:127.0.0.1:9'] }]
const configurations = () => peerConnections.map(peerConnection => peerConnection.getConfiguration())

t.test('createConnection of a server that has ICE servers for clients, the server offers -> they come with the connection and are used', async t => {
  const { client, requests } = await start(t, { clientIceServers: ICE_SERVERS }, { configuration: { iceTransportPolicy: 'all' } })
  const peerConnection = await client.createConnection()
  t.match(configurations(), [{ iceServers: ICE_SERVERS, iceTransportPolicy: 'all' }])
  t.equal(requests.length, 2)
  peerConnection.close()
})

t.test('createConnection with configuration.iceServers -> those of the server are not used', async t => {
  const configuration = { iceServers: [{ urls: ['stun:127.0.0.1:10'] }] }
  const { client } = await start(t, { clientIceServers: ICE_SERVERS }, { configuration })
  const peerConnection = await client.createConnection()
  t.match(configurations(), [configuration])
  peerConnection.close()
})

for (const [name, iceServers, asked, used] of [['not asked for', undefined, [], []], ['asked for', 'server', ['GET /echo/ice-servers'], ICE_SERVERS]] as const) {
  t.test(`createConnection with beforeOffer, the server's ICE servers ${name} -> ${asked.length} requests more`, async t => {
    const { client, requests } = await start(t, { clientIceServers: ICE_SERVERS }, { iceServers })
    const peerConnection = await client.createConnection({ beforeOffer (peerConnection) { peerConnection.createDataChannel('mine') } })
    t.same(requests, [...asked, 'POST /echo/connections'])
    t.same(configurations().map(({ iceServers }) => iceServers), [used])
    peerConnection.close()
  })
}

t.test('createConnection that asks for ICE servers and is refused -> rejects with the code, asks for no connection', async t => {
  const { client, requests } = await start(t, { clientIceServers () { throw new Error('of the application') } }, { iceServers: 'server' })
  await t.rejects(client.createConnection({ beforeOffer (peerConnection) { peerConnection.createDataChannel('mine') } }), { code: 'FST_WEBRTC_HOOK_FAILED', statusCode: 500 })
  t.same(requests, ['GET /echo/ice-servers'])
  assertAllClosed(t)
})

t.test('a ConnectionClient that is given ICE servers and is to ask for them -> TypeError', async t => {
  t.throws(() => new ConnectionClient({ baseUrl: '/', iceServers: 'server', configuration: { iceServers: [] } }), { name: 'TypeError', message: 'ConnectionClient: expected iceServers or configuration.iceServers, found both' })
})

t.test('createConnection without hooks lets the server offer', async t => {
  const { client } = await start(t)
  const peerConnection = await client.createConnection()
  t.equal(peerConnection.remoteDescription?.type, 'offer')
  peerConnection.close()
})

t.test('createConnection with both hooks, or without an RTCPeerConnection, rejects before it asks for anything', async t => {
  const { client, requests } = await start(t)
  await t.rejects(client.createConnection({ beforeOffer () {}, beforeAnswer () {} } as never), { message: /beforeOffer or beforeAnswer/ })
  await t.rejects(new ConnectionClient({ baseUrl: 'http://localhost' }).createConnection(), { message: /option RTCPeerConnection/ })
  t.same(requests, [])
})

t.test('createConnection that the server refuses rejects with its code and leaves nothing behind', async t => {
  const { client } = await start(t, { maxConnections: 1 })
  const first = await client.createConnection()
  await t.rejects(client.createConnection(), { name: 'ConnectionError', code: 'FST_WEBRTC_TOO_MANY_CONNECTIONS', statusCode: 503 })
  first.close()
  assertAllClosed(t)
})

t.test('createConnection with an answer that has no description rejects with UNEXPECTED_ANSWER', async t => {
  const { client } = await start(t, {}, { fetch: async () => Response.json({ id: 'x' }, { status: 201 }) })
  await t.rejects(client.createConnection(), { code: 'UNEXPECTED_ANSWER' })
  assertAllClosed(t)
})

t.test('createConnection when beforeAnswer throws rejects with what it threw and closes both ends', async t => {
  const { client, closed } = await start(t)
  await t.rejects(client.createConnection({ beforeAnswer () { throw new Error('no camera') } }), { message: 'no camera' })
  t.equal(await closed(), 'deleted')
  assertAllClosed(t)
})

t.test('createConnection when beforeOffer rejects asks for nothing', async t => {
  const { client, requests } = await start(t)
  await t.rejects(client.createConnection({ beforeOffer: async () => { throw new Error('no camera') } }), { message: 'no camera' })
  t.same(requests, [])
  assertAllClosed(t)
})

t.test('createConnection when no peer can be made closes the server\'s end', async t => {
  const { client, closed } = await start(t, {}, { RTCPeerConnection: class { constructor () { throw new Error('too many peers') } } as never })
  await t.rejects(client.createConnection(), { message: 'too many peers' })
  t.equal(await closed(), 'deleted')
})

t.test('createConnection with an aborted signal asks for nothing', async t => {
  const { client, requests } = await start(t)
  await t.rejects(client.createConnection({ signal: AbortSignal.abort(new Error('left')) }), { message: 'left' })
  t.same(requests, [])
})

t.test('abort while the server makes its offer rejects at once and closes the server\'s end when it is there', async t => {
  const [asked, go] = [signal(), signal()]
  const { client, closed } = await start(t, { beforeOffer: () => { asked.resolve(); return go.promise } })
  const controller = new AbortController()
  const attempt = client.createConnection({ signal: controller.signal })
  await within(asked.promise, 'the request')
  controller.abort(new Error('left'))
  await t.rejects(attempt, { message: 'left' })
  assertAllClosed(t)
  go.resolve()
  t.equal(await closed(), 'deleted')
})

t.test('abort while beforeAnswer runs closes both ends and posts no answer', async t => {
  const { client, closed, requests } = await start(t)
  const controller = new AbortController()
  const left = signal()
  await t.rejects(client.createConnection({ signal: controller.signal, beforeAnswer () { controller.abort(new Error('left')); return left.promise } }), { message: 'left' })
  t.equal(await closed(), 'deleted')
  left.resolve()
  assertAllClosed(t)
  t.notOk(requests.includes('POST /echo/connections/:id/remote-description'))
})

t.test('abort while beforeOffer runs asks for nothing, also when it ends later', async t => {
  const { client, requests } = await start(t)
  const controller = new AbortController()
  const hook = signal()
  await t.rejects(client.createConnection({
    signal: controller.signal,
    beforeOffer (peerConnection) { peerConnection.createDataChannel('mine'); controller.abort(new Error('left')); return hook.promise }
  }), { message: 'left' })
  hook.resolve()
  await new Promise(setImmediate)
  t.same(requests, [])
  assertAllClosed(t)
})

t.test('abort while the answer is on its way closes both ends', async t => {
  const controller = new AbortController()
  const { client, closed } = await start(t, {}, {
    fetch: async request => {
      if (request.url.endsWith('/remote-description')) controller.abort(new Error('left'))
      return await fetch(request)
    }
  })
  await t.rejects(client.createConnection({ signal: controller.signal }), { message: 'left' })
  t.equal(await closed(), 'deleted')
  assertAllClosed(t)
})

t.test('a signal that does not abort changes nothing and is not held on to', async t => {
  const { client } = await start(t)
  const { signal } = new AbortController()
  let listeners = 0
  const { addEventListener, removeEventListener } = signal
  signal.addEventListener = (...args: Parameters<AbortSignal['addEventListener']>) => { listeners++; addEventListener.apply(signal, args) }
  signal.removeEventListener = (...args: Parameters<AbortSignal['removeEventListener']>) => { listeners--; removeEventListener.apply(signal, args) }
  const peerConnection = await client.createConnection({ signal, beforeOffer (peerConnection) { peerConnection.createDataChannel('mine') } })
  t.equal(listeners, 0)
  peerConnection.close()
})

t.test('close when the server is gone is harmless', async t => {
  let isGone = false
  const { client } = await start(t, {}, { fetch: request => isGone ? Promise.reject(new TypeError('gone')) : fetch(request) })
  const peerConnection = await client.createConnection()
  isGone = true
  peerConnection.close()
  await new Promise(setImmediate)
  assertAllClosed(t)
})

t.test('createConnection with stereo asks for Opus in stereo in this end\'s description', async t => {
  const applied: string[] = []
  const sdp = 'v=0\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10\r\n'
  const { client } = await start(t, {}, {
    fetch: async () => Response.json({ id: 'x', localDescription: { type: 'answer', sdp: 'v=0\r\n' } }, { status: 201 }),
    RTCPeerConnection: class extends EventTarget {
      createOffer () { return { type: 'offer', sdp } }
      setLocalDescription (description: RTCSessionDescriptionInit) {
        applied.push(description.sdp!)
        this.dispatchEvent(Object.assign(new Event('icecandidate'), { candidate: null }))
      }

      setRemoteDescription () {}
    } as never
  })
  await client.createConnection({ stereo: true, beforeOffer () {} })
  t.match(applied, [/a=fmtp:111 stereo=1;minptime=10/])
})

/** Tells of its first candidate a second time, a little later. */
const LatePeerConnection = class extends WrtcPeerConnection {
  constructor (configuration?: RTCConfiguration) {
    super(configuration)
    let isLater = false
    this.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate && !isLater) setTimeout(() => this.dispatchEvent(Object.assign(new Event('icecandidate'), { candidate })), 20)
      isLater = true
    })
  }
}

/** Cuts what the peer gathers out of the requests: as with a first candidate that leads nowhere. */
function withoutFirstCandidates (requests: Request[] = []): (request: Request) => Promise<Response> {
  return async request => {
    requests.push(request.clone())
    const body = await request.text()
    const cut = body.replace(/a=candidate:.*?\\r\\n/g, '')
    return await fetch(request.method === 'GET' ? request : new Request(request, { body: body === '' ? undefined : cut }))
  }
}

for (const [name, hooks] of Object.entries<CreateConnectionOptions>({ 'the server offers': { beforeAnswer () {} }, 'the client offers': { beforeOffer: peerConnection => peerConnection.createDataChannel('mine') } })) {
  t.test(`createConnection, ${name}, with trickle -> the server's description without candidates, which come as events, and it connects`, async t => {
    // Otherwise its own checks could be there first.
    const { client, requests } = await start(t, { remoteCandidates: 'none' })
    const peerConnection = await client.createConnection({ ...hooks, trickle: true })
    t.notMatch(peerConnection.remoteDescription!.sdp, 'candidate')
    await within(untilConnected(peerConnection), 'the peer to connect')
    t.equal(requests.filter(request => /events/.test(request)).length, 1)
    peerConnection.close()
  })

  t.test(`createConnection, ${name}, by the usual candidate -> no request more than a description and an answer take`, async t => {
    const { client, requests } = await start(t)
    const peerConnection = await client.createConnection(hooks)
    await within(untilConnected(peerConnection), 'the peer to connect')
    await new Promise(resolve => setTimeout(resolve, 150))
    t.same(requests, ['POST /echo/connections', 'POST /echo/connections/:id/remote-description'].slice(0, hooks.beforeOffer ? 1 : 2))
    peerConnection.close()
  })

  t.test(`createConnection, ${name}, with a candidate that comes later -> the server is told of it`, async t => {
    const sent: Request[] = []
    // The first candidate does not get to the server, whose own one leads nowhere.
    const { client } = await start(t, { advertise: '192.0.2.1' }, {
      fetch: withoutFirstCandidates(sent),
      RTCPeerConnection: LatePeerConnection
    })
    const peerConnection = await client.createConnection(hooks)
    await within(untilConnected(peerConnection), 'the peer to connect')
    const posted = sent.filter(({ url }) => url.endsWith('/remote-candidates'))
    t.match(await posted[0]?.json(), { candidates: [{ candidate: /^candidate:.* udp /, sdpMLineIndex: 0 }] })
    peerConnection.close()
  })
}

t.test('createConnection with trickle while the server waits for a silent STUN server -> connects meanwhile, by the candidate that came as an event', async t => {
  const { client, requests } = await start(t, { iceServers: [{ urls: `stun:127.0.0.1:${await silentServer(t)}` }], timeToHostCandidates: 9000, remoteCandidates: 'none' })
  const peerConnection = await client.createConnection({ trickle: true })
  await within(untilConnected(peerConnection), 'the peer to connect', 5000)
  t.ok(requests.includes('GET /echo/connections/:id/events?lastEventId=2'))
  peerConnection.close()
})

t.test('createConnection with trickle when no events can be had -> the peer all the same', async t => {
  const asked = signal()
  // Or its checks would connect before this end has asked.
  const { client } = await start(t, { remoteCandidates: 'none' }, {
    async fetch (request) {
      if (!request.url.includes('/events')) return await fetch(request)
      asked.resolve()
      return new Response('no', { status: 400 })
    }
  })
  const peerConnection = await client.createConnection({ trickle: true, beforeOffer: peerConnection => peerConnection.createDataChannel('mine') })
  await within(asked.promise, 'the client to ask for events')
  await new Promise(setImmediate)
  peerConnection.close()
})

t.test('createConnection with a later candidate that cannot be sent -> the peer all the same', async t => {
  const asked = signal()
  const { client } = await start(t, { advertise: '192.0.2.1' }, {
    async fetch (request) {
      if (!request.url.endsWith('/remote-candidates')) return await withoutFirstCandidates()(request)
      asked.resolve()
      throw new TypeError('fetch failed')
    },
    RTCPeerConnection: LatePeerConnection
  })
  const peerConnection = await client.createConnection()
  await within(asked.promise, 'the client to send its candidate')
  await new Promise(setImmediate)
  peerConnection.close()
})

t.test('createConnection with a later candidate, closed while it is sent -> nobody waits for the answer, which would say that the connection is gone', async t => {
  const asked = signal<AbortSignal>()
  const { client } = await start(t, { advertise: '192.0.2.1' }, {
    async fetch (request) {
      if (request.url.endsWith('/remote-candidates')) asked.resolve(request.signal)
      return await withoutFirstCandidates()(request)
    },
    RTCPeerConnection: LatePeerConnection
  })
  const peerConnection = await client.createConnection()
  const sent = await within(asked.promise, 'the client to send its candidate')
  t.equal(sent.aborted, false)
  peerConnection.close()
  t.equal(sent.aborted, true)
})

t.test('events -> what happens to a connection, until it has closed', async t => {
  const { client, origin } = await start(t)
  const api = createSignalingClient({ baseUrl: `${origin}/echo` })
  const { data } = await api.POST('/connections')
  const types: string[] = []
  for await (const event of client.events(data!.id)) {
    types.push(event.type)
    if (event.type === 'description') await api.DELETE('/connections/{id}', { params: { path: { id: data!.id } } })
  }
  t.same(types, ['state', 'description', 'state', 'closed'])
})

async function untilConnected (peerConnection: RTCPeerConnection): Promise<void> {
  await new Promise<void>(resolve => {
    const check = () => { if (peerConnection.connectionState === 'connected') resolve() }
    peerConnection.addEventListener('connectionstatechange', check)
    check()
  })
}

t.test('createConnection -> renegotiate, or audio and video -> hears of the server\'s events; otherwise not', async t => {
  for (const [kind, renegotiate, isHeard] of [['audio', undefined, true], ['audio', false, false], [undefined, true, true], [undefined, undefined, false]] as const) {
    const { client, requests } = await start(t, { beforeAnswer (peerConnection) { peerConnection.ontrack = () => {} } })
    const peerConnection = await client.createConnection({
      renegotiate,
      beforeOffer (peerConnection) {
        peerConnection.createDataChannel('mine')
        if (kind) peerConnection.addTransceiver(kind)
      }
    })
    await new Promise(resolve => setTimeout(resolve, 50))
    t.equal(requests.some(request => request.startsWith('GET /echo/connections/:id/events')), isHeard, `${kind} ${renegotiate}`)
    if (kind && isHeard) {
      const posted = new Promise<void>(resolve => { requests.push = (...added) => { if (added[0]!.endsWith('/remote-description')) resolve(); return added.length } })
      peerConnection.addTransceiver('audio')
      await within(posted, 'an offer')
    }
    peerConnection.close()
  }
})

t.test('createConnection -> a server that tells of no events -> onNegotiationError, and the connection goes on', async t => {
  for (const isTold of [true, false]) {
    const told = signal<unknown>()
    const refused = signal()
    const { client } = await start(t, {}, {
      fetch: async request => {
        if (!request.url.includes('/events')) return await fetch(request)
        refused.resolve()
        return new Response('{"message":"no"}', { status: 400, headers: { 'content-type': 'application/json' } })
      }
    })
    const peerConnection = await client.createConnection({
      renegotiate: true,
      ...isTold && { onNegotiationError: told.resolve },
      beforeOffer (peerConnection) { peerConnection.createDataChannel('mine') }
    })
    await within(refused.promise, 'the request')
    if (isTold) t.match(await within(told.promise, 'the error'), { statusCode: 400 })
    t.not(peerConnection.signalingState, 'closed')
    peerConnection.close()
  }
})

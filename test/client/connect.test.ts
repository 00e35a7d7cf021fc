import type { AddressInfo } from 'node:net'
import wrtc from '@roamhq/wrtc'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { ConnectionClient, type ClientConnection, type ClientConnectionEventMap, type ConnectionClientOptions, type ConnectOptions } from '../../generated-client/index.js'
import signaling, { ConnectionManager } from '../../plugin/index.js'
import { signal, within } from '../helpers/deadline.js'

const WrtcPeerConnection = wrtc.RTCPeerConnection as unknown as typeof RTCPeerConnection

/** A server that counts in the connection's context, on a port that can be asked for. */
async function start (t: Test, port = 0) {
  const connections = new ConnectionManager({ bindAddress: '127.0.0.1', maxEventLoopDelay: Infinity })
  const app = Fastify({ forceCloseConnections: true })
  const count = ({ context }: { context: Record<string, unknown> }, channel: { send: (text: string) => void }) => {
    context.count = Number(context.count ?? 0) + 1
    channel.send(String(context.count))
  }
  app.register(signaling, {
    connections,
    beforeOffer (peerConnection, { connection }) {
      const channel = peerConnection.createDataChannel('count', { negotiated: true, id: 0 })
      channel.onmessage = () => count(connection, channel)
    },
    beforeAnswer: (peerConnection, { connection }) => { peerConnection.ondatachannel = ({ channel }) => { channel.onmessage = () => count(connection, channel) } }
  })
  await app.listen({ host: '127.0.0.1', port })
  t.teardown(() => app.close())
  return { app, connections, port: (app.server.address() as AddressInfo).port }
}

function connect (t: Test, port: number, direction: 'beforeAnswer' | 'beforeOffer' = 'beforeAnswer', clientOptions: Partial<ConnectionClientOptions> = {}, options: ConnectOptions = {}) {
  const counted: string[] = []
  const channels: RTCDataChannel[] = []
  let onCounted = () => {}
  const client = new ConnectionClient({ baseUrl: `http://127.0.0.1:${port}`, RTCPeerConnection: WrtcPeerConnection, ...clientOptions })
  const connection = client.connect({
    ...options,
    [direction] (peerConnection: RTCPeerConnection) {
      const channel = direction === 'beforeAnswer' ? peerConnection.createDataChannel('count', { negotiated: true, id: 0 }) : peerConnection.createDataChannel('count')
      channels.push(channel)
      channel.onopen = () => channel.send('')
      channel.onmessage = ({ data }) => { counted.push(data); onCounted() }
    }
  })
  t.teardown(() => connection.close())
  const count = (length: number) => within(new Promise<void>(resolve => {
    onCounted = () => { if (counted.length >= length) resolve() }
    onCounted()
  }), `${length} counted`)
  return { connection, counted, count, channels }
}

function next<Type extends keyof ClientConnectionEventMap> (connection: ClientConnection, type: Type): Promise<ClientConnectionEventMap[Type]> {
  return within(new Promise(resolve => connection.addEventListener(type, resolve, { once: true })), type, 20_000)
}

/** As if the path were gone: the peer ends without the connection's being told by the application. */
function losePeer ({ peerConnection }: ClientConnection): void {
  WrtcPeerConnection.prototype.close.call(peerConnection)
}

for (const direction of ['beforeAnswer', 'beforeOffer'] as const) {
  t.test(`connect with ${direction}, a peer that is lost -> another for the same connection, whose state is as it was; close ends both`, async t => {
    const { connections, port } = await start(t)
    const { connection, counted, count } = connect(t, port, direction)
    await next(connection, 'connected')
    await count(1)
    const [atServer] = connections.getConnections()
    const reconnected = next(connection, 'reconnected')
    losePeer(connection)
    t.match(await reconnected, { isServerStateLost: false })
    await count(2)
    t.strictSame(counted, ['1', '2'])
    t.strictSame(connections.getConnections(), [atServer])
    connection.close()
    t.equal(await within(atServer!.closed, 'the server to close'), 'deleted')
    t.match(await connection.closed, { reason: 'application' })
  })
}

t.test('connect to a server that closes the connection -> closed, reason server', async t => {
  const { connections, port } = await start(t)
  const { connection, count } = connect(t, port)
  await next(connection, 'connected')
  await count(1)
  connections.getConnections()[0]!.close()
  t.match(await within(connection.closed, 'the connection to close'), { reason: 'server' })
})

t.test('connect to a server that is started again -> a new connection, and the event says so', async t => {
  const { app, port } = await start(t)
  const { connection, count, counted } = connect(t, port)
  await count(1)
  const reconnecting = next(connection, 'reconnecting')
  const reconnected = next(connection, 'reconnected')
  await app.close()
  await reconnecting
  await start(t, port)
  t.match(await reconnected, { isServerStateLost: true })
  await count(2)
  t.strictSame(counted, ['1', '1'])
})

t.test('connect before there is a server -> connected once there is', async t => {
  const { app, port } = await start(t)
  await app.close()
  const { connection, count } = connect(t, port)
  const connecting = next(connection, 'connecting')
  t.match(await connecting, { attempt: 1, delay: 0 })
  t.match(await next(connection, 'connecting'), { attempt: 2, error: { code: 'NETWORK_ERROR' } })
  await start(t, port)
  await count(1)
})

t.test('a second client with the same token -> it has the connection, the first one closes, reason taken-over', async t => {
  const { port } = await start(t)
  let token = ''
  let id = ''
  const { connection, count } = connect(t, port, 'beforeAnswer', {
    fetch: async request => {
      const response = await fetch(request)
      const { reconnectToken, id: found } = Object(await response.clone().json())
      if (reconnectToken) [token, id] = [reconnectToken, found]
      return response
    }
  })
  await count(1)
  const lost = next(connection, 'reconnecting')
  const second = connect(t, port, 'beforeAnswer', {
    fetch: async request => request.method === 'POST' && request.url.endsWith('/connections')
      ? await fetch(`http://127.0.0.1:${port}/connections/${id}/reconnect`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ reconnectToken: token }) })
      : await fetch(request)
  })
  await second.count(1)
  t.strictSame(second.counted, ['2'])
  t.match(await lost, { reason: 'closed' }, 'the channel that has closed tells, although the server has a peer that is connected')
  t.match(await within(connection.closed, 'the first to close'), { reason: 'taken-over' })
  t.equal(second.connection.state, 'connected')
})

t.test('connect with both hooks -> throws', async t => {
  const client = new ConnectionClient({ baseUrl: 'http://127.0.0.1', RTCPeerConnection: WrtcPeerConnection })
  t.throws(() => client.connect({ beforeOffer () {}, beforeAnswer () {} }), { message: 'connect: expected beforeOffer or beforeAnswer, found both' })
})

t.test('what the server says of its end, when a channel closes -> as it is', async t => {
  const { connections, port } = await start(t)
  const asked = signal<string>()
  const { connection, count, channels } = connect(t, port, 'beforeAnswer', {
    fetch: async request => {
      const response = await fetch(request)
      if (request.method === 'GET') asked.resolve((await response.clone().json()).connectionState)
      return response
    }
  })
  await count(1)
  channels[0]!.close()
  t.equal(await within(asked.promise, 'a question'), 'connected')
  await new Promise(setImmediate)
  t.equal(connection.state, 'connected')
  t.equal(connections.size, 1)
})

/** What the client asks with: how many streams of events it has open, and how many there have been. */
function countStreams () {
  const streams = { open: 0, opened: 0 }
  return {
    streams,
    fetch: async (request: Request) => {
      if (request.url.includes('/events')) {
        streams.open++
        streams.opened++
        request.signal.addEventListener('abort', () => { streams.open-- })
      }
      return await fetch(request)
    }
  }
}

t.test('connect with renegotiate, a peer that is lost, and another -> one stream of events at a time; none once it is closed', async t => {
  const { port } = await start(t)
  const { streams, fetch } = countStreams()
  const { connection, count } = connect(t, port, 'beforeAnswer', { fetch }, { renegotiate: true })
  await count(1)
  for (const lost of [1, 2]) {
    const reconnected = next(connection, 'reconnected')
    losePeer(connection)
    await reconnected
    await count(lost + 1)
    t.strictSame(streams, { open: 1, opened: lost + 1 })
  }
  connection.close()
  t.equal(streams.open, 0)
})

t.test('connect without renegotiate, data channels alone -> no stream of events', async t => {
  const { port } = await start(t)
  const { streams, fetch } = countStreams()
  const { count } = connect(t, port, 'beforeAnswer', { fetch })
  await count(1)
  t.equal(streams.opened, 0)
})

t.test('connect to a server that tells of no events -> onNegotiationError, and the connection goes on', async t => {
  const { port } = await start(t)
  const told = signal<unknown>()
  const { connection, count } = connect(t, port, 'beforeAnswer', {
    fetch: async request => request.url.includes('/events') ? Response.json({ message: 'no' }, { status: 400 }) : await fetch(request)
  }, { renegotiate: true, onNegotiationError: told.resolve })
  await count(1)
  t.match(await within(told.promise, 'the error'), { statusCode: 400 })
  t.equal(connection.state, 'connected')
})

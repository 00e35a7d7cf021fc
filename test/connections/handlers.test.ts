import t, { type Test } from 'tap'
import { ConnectionManager, type CloseReason, type Connection, type DataChannel, type PeerConnection, type WebRtcConnection } from '../../plugin/index.js'
import { signal, within } from '../helpers/deadline.js'
import { description } from '../helpers/descriptions.js'
import { connect, createFarEnd, offered } from '../helpers/handshake.js'
import { withoutCandidates, type NativePeer } from '../helpers/native-peer.js'
import { createServer, type TestServerOptions } from '../helpers/server.js'

/** The two ways in which a function of the application fails. */
const FAILURES: Record<string, () => unknown> = {
  throws: () => { throw new Error('of the application') },
  rejects: async () => { throw new Error('of the application') },
  'rejects later': async () => {
    await new Promise(setImmediate)
    throw new Error('of the application')
  }
}

/** What is made to fail, and what sets it off once the connection is there. */
const LISTENERS: Record<string, { listen: (peerConnection: PeerConnection, channel: DataChannel, fail: () => unknown) => void, trigger?: (farEnd: NativePeer) => unknown, where: string }> = {
  'a message listener': {
    where: 'message',
    listen: (_peerConnection, channel, fail) => channel.addEventListener('message', fail),
    trigger: async farEnd => {
      const channel = await farEnd.channel('ping-pong')
      await channel.opened()
      channel.send('ping')
    }
  },
  onmessage: {
    where: 'message',
    listen: (_peerConnection, channel, fail) => { channel.onmessage = fail },
    trigger: async farEnd => {
      const channel = await farEnd.channel('ping-pong')
      await channel.opened()
      channel.send(Buffer.from('ping'))
    }
  },
  'an open listener': { where: 'open', listen: (_peerConnection, channel, fail) => channel.addEventListener('open', fail) },
  'a connectionstatechange listener': { where: 'connectionstatechange', listen: (peerConnection, _channel, fail) => peerConnection.addEventListener('connectionstatechange', fail) },
  'an iceconnectionstatechange listener': { where: 'iceconnectionstatechange', listen: (peerConnection, _channel, fail) => peerConnection.addEventListener('iceconnectionstatechange', fail) },
  'a signalingstatechange listener': { where: 'signalingstatechange', listen: (peerConnection, _channel, fail) => peerConnection.addEventListener('signalingstatechange', fail) },
  'a datachannel listener': {
    where: 'datachannel',
    listen: (peerConnection, _channel, fail) => { peerConnection.ondatachannel = fail },
    trigger: farEnd => farEnd.createDataChannel('another')
  }
}

/** A server with a connection that answers pings, and what its next connection is prepared with. */
async function pingPong (t: Test, prepare: (peerConnection: PeerConnection, channel: DataChannel) => unknown = () => {}, options: TestServerOptions = {}) {
  const ended = signal<[Connection, CloseReason]>()
  const server = await createServer(t, {
    ...options,
    beforeOffer (peerConnection) {
      const channel = peerConnection.createDataChannel('ping-pong')
      if (server.connections.size > 1) return prepare(peerConnection, channel)
      channel.addEventListener('message', () => channel.send('pong'))
    },
    onClosed (connection, reason) {
      ended.resolve([connection, reason])
      return options.onClosed?.(connection, reason)
    }
  })
  const { farEnd } = await connect(t, server)
  return { server, farEnd, ended: () => within(ended.promise, 'a connection to end') }
}

async function assertPong (t: Test, farEnd: NativePeer): Promise<void> {
  const channel = await farEnd.channel('ping-pong')
  await channel.opened()
  const count = channel.received.length
  channel.send('ping')
  t.equal((await channel.messages(count + 1))[count], 'pong')
}

for (const [name, { listen, trigger, where }] of Object.entries(LISTENERS)) {
  for (const [failure, fail] of Object.entries(FAILURES)) {
    t.test(`${name} that ${failure} -> logged with the connection, which ends, and no other`, async t => {
      const { server, farEnd: other, ended } = await pingPong(t, (peerConnection, channel) => listen(peerConnection, channel, fail))
      const farEnd = createFarEnd(t)
      const { statusCode, json: { id, localDescription } } = await server.request<WebRtcConnection>('POST', '/connections')
      // A listener can fail before there is an answer to the request.
      if (statusCode === 201) {
        await server.setRemoteDescription(id, farEnd.answer(withoutCandidates(localDescription!.sdp)))
        farEnd.addCandidates(localDescription!.sdp)
        await trigger?.(farEnd)
      }
      const [connection, reason] = await ended()
      t.equal(reason, 'handler-error')
      const errors = server.errors(connection.id)
      t.ok(errors.length > 0)
      t.strictSame(new Set(errors), new Set([`${where}: of the application`]))
      t.notMatch(JSON.stringify(server.log.filter(({ level }) => level >= 50)), connection.id)
      await assertPong(t, other)
    })
  }
}

for (const [failure, fail] of Object.entries(FAILURES)) {
  t.test(`beforeOffer or beforeAnswer that ${failure} -> 500 without details, logged with the connection, which ends, and no other`, async t => {
    const { server, farEnd: other, ended } = await pingPong(t, fail, { beforeAnswer: fail })
    for (const remoteDescription of [undefined, description('chromium-offer')]) {
      const hook = remoteDescription ? 'beforeAnswer' : 'beforeOffer'
      const { statusCode, json } = await server.request('POST', '/connections', remoteDescription && { remoteDescription })
      t.equal(statusCode, 500)
      t.strictSame(json, { statusCode: 500, code: 'FST_WEBRTC_HOOK_FAILED', error: 'Internal Server Error', message: `The server failed in ${hook}` })
      const [connection, reason] = await ended()
      t.equal(reason, 'handler-error')
      t.match(server.errors(connection.id)[0], /^before(Offer|Answer): of the application$/)
    }
    t.equal(server.connections.size, 1)
    await assertPong(t, other)
  })

  t.test(`onConnected, onDisconnected and onClosed that ${failure} -> logged with the connection, and nothing else`, async t => {
    const { server, farEnd: other } = await pingPong(t, undefined, { timeToReconnected: 1, onConnected: fail, onDisconnected: fail, onClosed: fail })
    await assertPong(t, other)
    const { connection: { id }, farEnd } = await connect(t, server)
    await farEnd.close()
    await server.state(id, 'closed: peer')
    await new Promise(setImmediate)
    await new Promise(setImmediate)
    t.strictSame(server.errors(id), ['onConnected: of the application', 'onDisconnected: of the application', 'onClosed: of the application'])
    await assertPong(t, other)
  })
}

/** What throws again when somebody looks at it. */
const UNREADABLE: Record<string, () => unknown> = {
  'a proxy that was revoked': () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    return proxy
  },
  'an error whose message cannot be read': () => Object.defineProperty(new Error('of the application'), 'message', { get () { throw new Error('of the message') } })
}

for (const [name, create] of Object.entries(UNREADABLE)) {
  t.test(`a listener and onClosed that throw ${name} -> logged without it, the connection ends, and no other`, async t => {
    const fail = () => { throw create() }
    const server = await createServer(t, { onClosed: fail, beforeOffer: peerConnection => { peerConnection.addEventListener('connectionstatechange', fail) } })
    const other = await server.createConnection()
    const { connection: { id }, farEnd, answer } = await offered(t, server)
    await server.setRemoteDescription(id, answer)
    await server.state(id, 'closed: handler-error')
    t.ok(server.log.some(({ connection, msg }) => connection === id.slice(0, 8) && msg === 'connection failed in connectionstatechange'))
    t.ok(server.log.some(({ connection, msg }) => connection === id.slice(0, 8) && msg === 'connection failed in onClosed'))
    t.equal((await server.request('GET', `/connections/${other.id}`)).statusCode, 200)
    await farEnd.close()
  })
}

t.test('a log that throws -> nothing else happens', async t => {
  const fail = () => { throw new Error('of the log') }
  const manager = new ConnectionManager({ bindAddress: '127.0.0.1', onClosed: fail })
  const connection = await manager.createConnection({ log: { error: fail, warn: fail } })
  connection.close()
  t.equal(await connection.closed, 'application')
  await manager.close()
})

t.test('a hook that rejects after its request has failed -> logged, and nothing else', async t => {
  const rejected = signal()
  const server = await createServer(t, {
    timeToConnected: 50,
    async beforeOffer () {
      await rejected.promise
      throw new Error('too late')
    }
  })
  t.equal((await server.request('POST', '/connections')).statusCode, 504)
  rejected.resolve()
  await new Promise(setImmediate)
  t.strictSame(server.errors().filter(error => error.startsWith('beforeOffer')), ['beforeOffer: too late'])
})

t.test('createConnection of a manager without a log -> the console', async t => {
  const errors = t.capture(console, 'error')
  const manager = new ConnectionManager({ bindAddress: '127.0.0.1' })
  t.teardown(() => manager.close())
  await t.rejects(manager.createConnection({ hook: () => { throw new Error('of the application') } }), { code: 'FST_WEBRTC_HOOK_FAILED' })
  const [details, message] = errors()[0]!.args
  t.match(details, { err: { message: 'of the application' }, connection: /^.{8}$/, where: 'beforeOffer' })
  t.equal(message, 'connection failed in beforeOffer')
})

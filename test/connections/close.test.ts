import t, { type Test } from 'tap'
import type { CloseReason, Connection } from '../../plugin/index.js'
import { within } from '../helpers/deadline.js'
import { connect, offered } from '../helpers/handshake.js'
import { createServer, type TestServer, type TestServerOptions } from '../helpers/server.js'
import { description, withAttribute, withLines } from '../helpers/descriptions.js'
import type { NativePeer } from '../helpers/native-peer.js'

interface Case {
  reason: CloseReason
  options?: TestServerOptions
  /** What ends a connected connection. */
  end: (connected: { server: TestServer, connection: Connection, farEnd: NativePeer }) => unknown
}

const CASES: Record<string, Case> = {
  'connection.close()': { reason: 'application', end: ({ connection }) => connection.close() },
  'peerConnection.close()': { reason: 'application', end: ({ connection }) => connection.peerConnection.close() },
  'connection.close() with a reason': { reason: 'timeout', end: ({ connection }) => connection.close('timeout') },
  DELETE: { reason: 'deleted', end: ({ server, connection }) => server.request('DELETE', `/connections/${connection.id}`) },
  'the far end closing': { reason: 'peer', options: { timeToReconnected: 1 }, end: ({ farEnd }) => farEnd.close() },
  'a listener that throws': {
    reason: 'handler-error',
    end ({ connection, farEnd }) {
      connection.peerConnection.addEventListener('datachannel', () => { throw new Error('no') })
      farEnd.createDataChannel('another')
    }
  },
  'the manager closing': { reason: 'shutdown', end: ({ server }) => server.connections.close() },
  'the server closing': { reason: 'shutdown', end: ({ server }) => server.app.close() }
}

for (const [name, { reason, options, end }] of Object.entries(CASES)) {
  t.test(`${name} -> closed once, reason ${reason}, the far end told, everything released`, async t => {
    const reasons: CloseReason[] = []
    const server = await createServer(t, { ...options, onClosed: (_connection, reason) => reasons.push(reason) })
    const { connection: { id }, farEnd } = await connect(t, server)
    const connection = server.connections.getConnection(id)!
    await end({ server, connection, farEnd })
    t.equal(await within(connection.closed, 'the connection to close'), reason)
    assertClosed(t, connection, server)
    await connection.released
    await farEnd.closed()

    connection.close()
    connection.close('deleted')
    connection.peerConnection.close()
    await server.connections.close()
    t.strictSame(reasons, [reason], 'told once')
    t.equal(await connection.closed, reason)
  })
}

const FAILURES: Record<string, { reason: CloseReason, options?: TestServerOptions, offer?: string }> = {
  'a hook that throws': { reason: 'handler-error', options: { beforeOffer: () => { throw new Error('no') } } },
  'a hook that never settles': { reason: 'timeout', options: { timeToConnected: 50, beforeOffer: () => new Promise(() => {}) } },
  'a hook that closes the connection': { reason: 'application', options: { beforeOffer: (_peerConnection, { connection }) => connection.close() } },
  'a hook that closes the peer': { reason: 'application', options: { beforeOffer: peerConnection => peerConnection.close() } },
  'a description that is not valid': { reason: 'peer-error', offer: 'v=0' },
  'a description that the native side refuses': { reason: 'peer-error', offer: withLines(description('chromium-offer').sdp, 'a=extmap:x') }
}

for (const [name, { reason, options, offer }] of Object.entries(FAILURES)) {
  t.test(`POST /connections with ${name} -> closed once, reason ${reason}`, async t => {
    const ended: [Connection, CloseReason][] = []
    const server = await createServer(t, { ...options, onClosed: (connection, reason) => ended.push([connection, reason]) })
    const { statusCode } = await server.request('POST', '/connections', offer && { remoteDescription: { type: 'offer', sdp: offer } })
    t.ok(statusCode >= 400)
    t.strictSame(ended.map(([, reason]) => reason), [reason])
    const [[connection]] = ended as [[Connection, CloseReason]]
    assertClosed(t, connection, server)
    t.equal(await connection.closed, reason)
  })
}

function assertClosed (t: Test, connection: Connection, server: TestServer): void {
  t.equal(connection.state, 'closed')
  t.equal(connection.isPending, false)
  t.match(connection.toJSON(), { state: 'closed', connectionState: 'closed', iceConnectionState: 'closed', signalingState: 'closed' })
  t.equal(server.connections.getConnection(connection.id), undefined)
  t.equal(server.connections.size, 0)
  t.equal(server.connections.pendingSize, 0)
}

t.test('a hook that closes the peer or the connection -> 500, and no local description', async t => {
  for (const close of [(connection: Connection) => connection.close(), (connection: Connection) => connection.peerConnection.close()]) {
    for (const isAsync of [false, true]) {
      const hook: TestServerOptions['beforeOffer'] = async (_peerConnection, { connection }) => {
        if (isAsync) await new Promise(setImmediate)
        close(connection)
        await new Promise(() => {})
      }
      const server = await createServer(t, { beforeOffer: hook, beforeAnswer: hook })
      for (const remoteDescription of [undefined, description('chromium-offer')]) {
        const { statusCode, json } = await server.request('POST', '/connections', remoteDescription && { remoteDescription })
        t.equal(statusCode, 500)
        t.match(json, { code: 'FST_WEBRTC_HOOK_FAILED', message: `The server failed in ${remoteDescription ? 'beforeAnswer' : 'beforeOffer'}` })
      }
    }
  }
})

const OWN_CLOSE: Record<string, { close: () => unknown, logged: string[] }> = {
  'calls the original': { close: () => {}, logged: [] },
  'does nothing': { close: () => {}, logged: [] },
  throws: { close: () => { throw new Error('in close') }, logged: ['close: in close'] },
  rejects: { close: async () => { throw new Error('in close') }, logged: ['close: in close'] }
}

for (const [name, { close, logged }] of Object.entries(OWN_CLOSE)) {
  t.test(`DELETE when the application has replaced peerConnection.close by one that ${name} -> called once, and all is released`, async t => {
    let calls = 0
    const server = await createServer(t, {
      beforeOffer (peerConnection) {
        const original = peerConnection.close
        peerConnection.close = () => {
          calls++
          if (name === 'calls the original') original.call(peerConnection)
          return close() as undefined
        }
      }
    })
    const { connection: { id }, farEnd } = await connect(t, server)
    const connection = server.connections.getConnection(id)!
    t.equal((await server.request('DELETE', `/connections/${id}`)).statusCode, 200)
    await connection.released
    await farEnd.closed()
    t.equal(calls, 1)
    t.equal(connection.peerConnection.connectionState, 'closed')
    t.strictSame(server.errors(id), logged)
  })
}

t.test('an answer with the fingerprint of another certificate -> closed, reason peer, without waiting for timeToReconnected', async t => {
  const server = await createServer(t)
  const { connection, farEnd, answer } = await offered(t, server)
  const wrong = withAttribute(answer, 'fingerprint', `sha-256 ${Array(32).fill('AB').join(':')}`)
  t.equal((await server.setRemoteDescription(connection.id, wrong)).statusCode, 200)
  farEnd.addCandidates(connection.localDescription!.sdp)
  await server.state(connection.id, 'closed: peer')
  t.equal(server.connections.size, 0)
})

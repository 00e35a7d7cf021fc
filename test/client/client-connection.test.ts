import t from 'tap'
import { DESCRIPTION, fakeConnection, FakeChannel, refusal, settle, type Outcome } from './fakes.js'

const FORGOTTEN = refusal(404, 'FST_WEBRTC_CONNECTION_NOT_FOUND')

t.test('connect -> an attempt at once, connected, and nothing more however long it lasts', async t => {
  const contexts: unknown[] = []
  const { connection, environment, peers, asked, log } = fakeConnection({ beforeAnswer: (_peerConnection, context) => contexts.push(context) })
  t.equal(connection.state, 'connecting')
  t.equal(connection.peerConnection, undefined)
  await settle()
  t.strictSame(log, ['connecting 1 0', 'connected'])
  t.equal(connection.state, 'connected')
  t.equal(connection.peerConnection, peers[0])
  t.strictSame(contexts, [{ isReconnect: false, isServerStateLost: false }])
  await environment.pass(3_600_000)
  t.strictSame(asked, [undefined])
})

t.test('disconnected for timeToLost -> another peer of the same connection, with the last token; the old one is closed; hooks know', async t => {
  const contexts: unknown[] = []
  const { connection, environment, peers, asked, log } = fakeConnection({ timeToLost: 2000, beforeOffer: (_peerConnection, context) => contexts.push(context) })
  await settle()
  for (const [index, peer] of [0, 1].map(index => [index, () => peers[index]!] as const)) {
    peer().become('disconnected')
    await environment.pass(1999)
    t.equal(connection.state, 'connected')
    await environment.pass(1)
    t.equal(connection.state, 'reconnecting')
    await environment.pass(250)
    t.equal(connection.state, 'connected')
    t.equal(peer().isClosed, true)
    t.equal(connection.peerConnection, peers[index + 1])
  }
  t.strictSame(log, ['connecting 1 0', 'connected', 'reconnecting 1 250 disconnected', 'reconnected false', 'reconnecting 1 250 disconnected', 'reconnected false'])
  t.strictSame(asked, [undefined, { id: 'id 1', reconnectToken: 'token 1', localDescription: DESCRIPTION }, { id: 'id 1', reconnectToken: 'token 2', localDescription: DESCRIPTION }])
  t.strictSame(contexts.slice(1), Array(2).fill({ isReconnect: true, isServerStateLost: false }))
})

t.test('disconnected that is over before timeToLost -> nothing', async t => {
  const { environment, peers, log } = fakeConnection()
  await settle()
  peers[0]!.become('disconnected')
  await environment.pass(2900)
  peers[0]!.become('connected')
  await environment.pass(10_000)
  t.strictSame(log, ['connecting 1 0', 'connected'])
})

t.test('disconnected while the server says that its end is lost -> another peer at once', async t => {
  const { environment, peers, log, server } = fakeConnection()
  await settle()
  server.end = 'lost'
  peers[0]!.become('disconnected')
  await environment.pass(100)
  t.equal(log.at(-1), 'reconnecting 1 250 disconnected')
  await environment.pass(250)
  t.equal(log.at(-1), 'reconnected false')
})

/** Signs of a peer that will not come back, and what is said of them. */
const SIGNS: Record<string, [sign: (peer: ReturnType<typeof fakeConnection>['peers'][number]) => unknown, reason: string]> = {
  failed: [peer => peer.become('failed'), 'failed'],
  'closed by whatever': [peer => peer.become('closed'), 'closed'],
  'an SCTP transport that closes': [peer => peer.sctp!.become('closed'), 'closed']
}

for (const [name, [sign, reason]] of Object.entries(SIGNS)) {
  t.test(`${name} -> another peer, reason ${reason}`, async t => {
    const { environment, peers, log } = fakeConnection()
    await settle()
    peers[0]!.sctp!.become('connected')
    sign(peers[0]!)
    sign(peers[0]!)
    await environment.pass(100)
    t.equal(log.at(-1), `reconnecting 1 250 ${reason}`)
    await environment.pass(250)
    t.equal(log.at(-1), 'reconnected false')
  })
}

t.test("a channel that closes, this end's or the server's -> the server is asked: connected -> nothing; lost, or no answer -> another peer", async t => {
  for (const isOwn of [true, false]) {
    for (const [end, last] of [['connected', 'connected'], ['lost', 'reconnecting 1 250 closed'], ['unknown', 'reconnecting 1 250 closed']] as const) {
      let channel = new FakeChannel()
      const { environment, peers, log, server } = fakeConnection({ beforeAnswer: peerConnection => { if (isOwn) channel = peerConnection.createDataChannel('x') as unknown as FakeChannel } }, ['without transports'])
      await settle()
      if (!isOwn) peers[0]!.dispatchEvent(Object.assign(new Event('datachannel'), { channel }))
      server.end = end
      channel.close()
      channel.close()
      await environment.pass(100)
      t.equal(log.at(-1), last)
      t.equal(server.questions, end === 'connected' ? 1 : 2, 'once, and once whether it has forgotten')
    }
  }
})

t.test('a peer that fails and says that a channel has closed -> reason closed', async t => {
  const { environment, peers, log } = fakeConnection()
  await settle()
  peers[0]!.become('failed')
  const channel = new FakeChannel()
  peers[0]!.dispatchEvent(Object.assign(new Event('datachannel'), { channel }))
  channel.close()
  await environment.pass(100)
  t.match(log.at(-1), 'reconnecting 1 250 closed')
})

t.test('a network that changes, or a page that comes back, while connected -> the server is asked, and no answer means nothing', async t => {
  const { environment, log, server } = fakeConnection()
  await settle()
  await environment.wake()
  t.equal(server.questions, 1)
  t.equal(log.at(-1), 'connected')
  server.end = 'lost'
  await environment.wake()
  await environment.pass(100)
  t.equal(log.at(-1), 'reconnecting 1 250 disconnected')
})

t.test('a machine that has slept -> the server is asked', async t => {
  const { environment, server } = fakeConnection()
  await settle()
  await environment.pass(60_000)
  t.equal(server.questions, 0)
  environment.time += 600_000
  await environment.pass(2500)
  t.equal(server.questions, 1)
})

t.test('attempts that fail -> twice as long a delay each time, to 4 s at most; random, with full jitter', async t => {
  const outcomes = Array.from({ length: 6 }, () => refusal(undefined, 'NETWORK_ERROR'))
  const { environment, log } = fakeConnection({}, outcomes)
  environment.luck = 0.999999
  await environment.pass(20_000)
  t.strictSame(log, ['connecting 1 0', ...[1000, 2000, 4000, 4000, 4000, 4000].map((delay, index) => `connecting ${index + 2} ${delay} NETWORK_ERROR`), 'connected'])
  const lucky = fakeConnection({}, outcomes.concat(Array.from({ length: 6 }, () => refusal(502, 'UNEXPECTED_ANSWER'))))
  lucky.environment.luck = 0
  await lucky.environment.pass(0)
  t.equal(lucky.log.at(-1), 'connected')
})

t.test('a refusal with Retry-After -> that long and the jitter, and no network wakes it', async t => {
  const { environment, log } = fakeConnection({}, [refusal(503, 'FST_WEBRTC_OVERLOADED', 7)])
  await settle()
  t.equal(log.at(-1), 'connecting 2 7500 FST_WEBRTC_OVERLOADED')
  await environment.pass(7000)
  await environment.wake()
  t.equal(log.length, 2)
  await environment.pass(500)
  t.equal(log.at(-1), 'connected')
})

t.test('a network that comes back while an attempt is waited for -> the attempt at once, but no two within half a second', async t => {
  const { environment, log } = fakeConnection({}, Array.from({ length: 8 }, () => refusal(undefined, 'NETWORK_ERROR')))
  environment.luck = 0.999999
  await environment.pass(9000)
  const { length } = log
  await environment.wake()
  t.equal(log.length, length + 1)
  await environment.wake()
  t.equal(log.length, length + 1)
})

t.test('a server that has forgotten the connection -> a new one at once, hooks and event know', async t => {
  const contexts: unknown[] = []
  const { environment, peers, asked, log } = fakeConnection({ beforeAnswer: (_peerConnection, context) => contexts.push(context) }, ['connected', refusal(undefined, 'NETWORK_ERROR'), FORGOTTEN, refusal(503)])
  await settle()
  peers[0]!.become('failed')
  await environment.pass(10_000)
  t.strictSame(log.slice(2), ['reconnecting 1 250 failed', 'reconnecting 2 500 failed NETWORK_ERROR', 'reconnecting 3 0 failed FST_WEBRTC_CONNECTION_NOT_FOUND', 'reconnecting 4 2000 failed FST_WEBRTC_X', 'reconnected true'])
  t.strictSame(asked.map(existing => existing?.id), [undefined, 'id 1', 'id 1', undefined, undefined])
  t.strictSame(contexts.at(-1), { isReconnect: true, isServerStateLost: true })
})

t.test('a server that closes its end and does not know the connection any more -> closed, reason server; nothing to delete', async t => {
  const { connection, asked, peers, deleted, log, server } = fakeConnection()
  await settle()
  server.end = 'forgotten'
  peers[0]!.sctp!.become('closed')
  await settle()
  t.match(await connection.closed, { type: 'closed', reason: 'server' })
  t.equal(log.at(-1), 'closed server')
  t.equal(asked.length, 1)
  t.strictSame(deleted, [])
})

t.test('a server that closes its end and is away, then back without the connection -> restarted: a new one', async t => {
  const { environment, peers, log } = fakeConnection({}, ['connected', refusal(503, 'FST_WEBRTC_CLOSING', 1), FORGOTTEN])
  await settle()
  peers[0]!.sctp!.become('closed')
  await environment.pass(10_000)
  t.equal(log.at(-1), 'reconnected true')
})

/** Refusals, and whether there is another attempt. */
const REFUSALS: [outcome: Outcome, last: string][] = [
  [refusal(403, 'FST_WEBRTC_INVALID_RECONNECT_TOKEN'), 'closed taken-over FST_WEBRTC_INVALID_RECONNECT_TOKEN'],
  [refusal(401), 'closed refused FST_WEBRTC_X'],
  [refusal(404, 'UNEXPECTED_ANSWER'), 'closed refused UNEXPECTED_ANSWER'],
  [refusal(409), 'reconnected false'],
  [refusal(429), 'reconnected false'],
  [refusal(500), 'reconnected false'],
  [refusal(200, 'UNEXPECTED_ANSWER'), 'reconnected false'],
  [new TypeError('of the peer'), 'reconnected false']
]

for (const [outcome, last] of REFUSALS) {
  const { statusCode } = outcome as { statusCode?: number }
  t.test(`an attempt that ends in ${statusCode ?? 'an error of the peer'} -> ${last}`, async t => {
    const { environment, peers, log, deleted } = fakeConnection({}, ['connected', outcome])
    await settle()
    peers[0]!.become('failed')
    await environment.pass(10_000)
    t.equal(log.at(-1), last)
    t.strictSame(deleted, last.startsWith('closed refused') ? ['id 1'] : [])
    if (last.startsWith('closed')) t.strictSame([environment.timers, environment.wakers], [0, 0])
  })
}

t.test('a hook that throws -> closed, reason refused, with what it threw', async t => {
  const { connection, environment } = fakeConnection({ beforeAnswer () { throw new Error('no camera') } })
  t.match(await connection.closed, { reason: 'refused', error: { code: 'HOOK_FAILED', cause: { message: 'no camera' } } })
  t.strictSame([environment.timers, environment.wakers], [0, 0])
})

t.test('attempts without an answer, peers that never connect or fail -> another attempt after timeToConnected, or at once', async t => {
  const { environment, peers, asked, log } = fakeConnection({ timeToConnected: 5000 }, ['never answers', 'stays new', 'stays new'])
  await environment.pass(5000)
  t.equal(log.at(-1), 'connecting 2 500 TIMED_OUT')
  await environment.pass(5500)
  t.equal(log.at(-1), 'connecting 3 1000 TIMED_OUT')
  await environment.pass(1000)
  peers[2]!.become('failed')
  await environment.pass(100)
  t.equal(log.at(-1), 'connecting 4 2000 NOT_CONNECTED')
  await environment.pass(2000)
  t.equal(log.at(-1), 'connected')
  t.strictSame(asked.map(existing => existing?.reconnectToken), [undefined, undefined, 'token 2', 'token 3'])
  t.strictSame(peers.map(({ isClosed }) => isClosed), [true, true, true, false])
})

t.test('a peer that is not connected after 2.5 s -> the server is asked: no answer, or connecting -> patience; lost or forgotten -> another attempt', async t => {
  for (const end of ['lost', 'forgotten'] as const) {
    const { environment, log, server } = fakeConnection({}, ['stays new'])
    await environment.pass(5000)
    t.equal(server.questions, 2)
    t.strictSame(log, ['connecting 1 0'])
    server.end = end
    await environment.pass(2600)
    t.strictSame(log, ['connecting 1 0', 'connecting 2 500 NOT_CONNECTED'])
    await environment.pass(60_000)
    t.equal(log.at(-1), 'connected')
    t.equal(server.questions, 3)
  }
})

t.test('a hook that takes its time while the server tells of the peer that is lost -> one attempt, and nothing is asked meanwhile', async t => {
  const hook = { time: 0 }
  const { environment, peers, log, server } = fakeConnection({ beforeOffer: () => new Promise<void>(resolve => { environment.setTimeout(resolve, hook.time) }) })
  await environment.pass(0)
  hook.time = 6000
  server.end = 'lost'
  peers[0]!.become('failed')
  await environment.pass(350)
  await environment.wake()
  await environment.pass(6000)
  t.strictSame(log, ['connecting 1 0', 'connected', 'reconnecting 1 250 failed', 'reconnected false'])
  t.equal(server.questions, 0)
})

t.test('an attempt that goes well when its time is over -> given up all the same; its connection is used', async t => {
  const { environment, peers, asked, log } = fakeConnection({}, ['answers too late'])
  await environment.wake()
  await environment.pass(10_500)
  t.strictSame(log, ['connecting 1 0', 'connecting 2 500 TIMED_OUT', 'connected'])
  t.strictSame(asked, [undefined, { id: 'id 1', reconnectToken: 'token 1', localDescription: DESCRIPTION }])
  t.equal(peers[0]!.isClosed, true)
})

t.test('a network that changes before there is a connection to ask for, also when the peer is connected before its server has answered -> nothing is asked', async t => {
  const { environment, peers, log, server } = fakeConnection({}, ['never answers'])
  await settle()
  await environment.wake()
  peers[0]!.become('connected')
  await environment.wake()
  t.strictSame([server.questions, log], [0, ['connecting 1 0']])
})

t.test('no peer within timeToGiveUp -> closed, reason gave-up, with the last error; the server is told, in case', async t => {
  const { connection, environment, peers, deleted } = fakeConnection({ timeToGiveUp: 30_000 }, ['connected', ...Array.from({ length: 30 }, () => refusal(undefined, 'NETWORK_ERROR'))])
  await settle()
  const lost = environment.time
  peers[0]!.become('closed')
  await environment.pass(29_999)
  t.equal(connection.state, 'reconnecting')
  await environment.pass(1)
  t.match(await connection.closed, { reason: 'gave-up', error: { code: 'NETWORK_ERROR' } })
  t.equal(environment.time, lost + 30_000)
  t.strictSame(deleted, ['id 1'])
  t.strictSame([environment.timers, environment.wakers], [0, 0])
})

/** What an application may do to end a connection, and when. */
const MOMENTS: Record<string, Outcome[]> = { 'while it is connected': [], 'while an attempt runs': ['never answers'], 'while an attempt is waited for': [refusal(503)], 'while the peer connects': ['stays new'] }

for (const [moment, outcomes] of Object.entries(MOMENTS)) {
  t.test(`close() ${moment} -> closed once, reason application, both ends, nothing left`, async t => {
    const controller = new AbortController()
    for (const end of ['close', 'signal'] as const) {
      const { connection, environment, peers, deleted, log } = fakeConnection({ signal: controller.signal }, [...outcomes])
      await settle()
      const { length } = log
      if (end === 'signal') controller.abort()
      else connection.close()
      connection.close()
      await environment.pass(100_000)
      t.strictSame(log.slice(length), ['closed application'])
      t.equal(connection.state, 'closed')
      t.ok(peers.every(({ isClosed }) => isClosed))
      t.strictSame(deleted, outcomes.length === 0 || outcomes[0] === 'stays new' ? ['id 1'] : [])
      t.strictSame([environment.timers, environment.wakers], [0, 0])
    }
  })
}

t.test('a signal that has aborted -> closed before anything is asked for', async t => {
  const { connection, asked } = fakeConnection({ signal: AbortSignal.abort() })
  t.match(await connection.closed, { reason: 'application' })
  await settle()
  t.strictSame(asked, [])
})

t.test('peerConnection.close() of the current peer -> closes the connection; of an old one -> nothing', async t => {
  const { connection, environment, peers, deleted } = fakeConnection()
  await settle()
  peers[0]!.become('failed')
  await environment.pass(1000)
  peers[0]!.close()
  t.equal(connection.state, 'connected')
  connection.peerConnection!.close()
  t.match(await connection.closed, { reason: 'application' })
  t.strictSame(deleted, ['id 1'])
})

t.test('a listener that was removed -> not called', async t => {
  const { connection } = fakeConnection()
  const fail = () => t.fail('expected no call')
  connection.addEventListener('connected', fail)
  connection.removeEventListener('connected', fail)
  await settle()
  t.equal(connection.state, 'connected')
})

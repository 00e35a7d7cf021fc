import { spawnSync } from 'node:child_process'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { finished } from 'node:stream/promises'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import signaling, { Cluster } from '../../plugin/index.js'
import { Answers } from '../../plugin/cluster/answers.js'
import { Asking } from '../../plugin/cluster/asking.js'
import type { ClusterEngine } from '../../plugin/cluster/engine.js'
import { decode, encode } from '../../plugin/cluster/message.js'
import { Counts, hashKey } from '../../plugin/cluster/counts.js'
import { Presence } from '../../plugin/cluster/presence.js'
import { RemoteStream } from '../../plugin/cluster/remote-stream.js'
import { Roster } from '../../plugin/cluster/roster.js'
import { findWhereabouts, hasEnded } from '../../plugin/cluster/whereabouts.js'
import { createCluster, until, untilKnown } from '../helpers/cluster.js'
import { signal, within } from '../helpers/deadline.js'
import { MemoryBroker } from '../helpers/memory-broker.js'

const OPEN = { type: 'open' as const, registration: '', operation: 'GET /connections/:id', params: {}, query: '', headers: {}, host: '' }
const own = { node: 'ownnode_', ...findWhereabouts() }
const other = { ...own, node: 'another_' }

/** An engine that answers as it is told, and keeps what was said to all. */
function createEngine (answer: (message: Uint8Array) => Uint8Array = () => encode({ type: 'done' })) {
  const said: unknown[] = []
  const asked: unknown[] = []
  const engine: ClusterEngine = {
    isConnected: true,
    open () {},
    request: async (_node, message) => {
      asked.push(decode(message)!.head)
      return answer(message)
    },
    publish (message) { said.push(decode(message)!.head) },
    close: async () => {}
  }
  return { engine, said, asked }
}

function createPresence (t: Test, timeToGone = 30_000) {
  const { engine, said, asked } = createEngine()
  const presence = new Presence({ engine, own, timeToGone })
  presence.start()
  t.teardown(() => presence.stop())
  return { presence, said, asked }
}

t.test('an answer whose next part nobody asks for -> ends', async t => {
  const answers = new Answers(1, 10)
  const aborted = signal()
  const stream = new Readable({ read () {} })
  const part = decode(await answers.open(() => ({ answered: Promise.resolve({ status: 200, headers: {}, stream }), abort: () => aborted.resolve() })))!.head
  await within(aborted.promise, 'its end')
  t.match(decode(await answers.next((part as { answer: string }).answer)), { head: { type: 'refusal', reason: 'unknown' } })
})

t.test('a process that closes -> ends what it answers', async t => {
  const answers = new Answers(1)
  const aborted = signal()
  const opened = answers.open(() => ({ answered: new Promise(() => {}), abort: () => aborted.resolve() }))
  answers.close()
  await within(aborted.promise, 'its end')
  t.match(decode(await within(opened, 'a part')), { head: { type: 'part', isLast: false } })
})

t.test('an answer that is never there -> 504 when it was asked for two minutes long', async t => {
  let asked = 0
  const { engine } = createEngine(() => {
    asked++
    return encode({ type: 'part', answer: 'a', isLast: false })
  })
  const asking = new Asking({ engine, presence: createPresence(t).presence, timeout: 1000, maxInFlight: 1 })
  await t.rejects(asking.ask('another_', OPEN, new Uint8Array()), { code: 'FST_WEBRTC_CLUSTER_TIMEOUT' })
  t.equal(asked, 242)
})

t.test('a list that is longer than any, or does not end -> is left out', async t => {
  const { servers: [one, two, three] } = await createCluster(t, 3, { listConnections: true })
  const [long, endless] = [encode({ type: 'part', answer: 'a', status: 200, isLast: false }, Buffer.alloc(17 * 1024 * 1024)), encode({ type: 'part', answer: 'a', status: 200, isLast: false })]
  two!.engine.listener!.answer = async () => long
  three!.engine.listener!.answer = async () => endless
  t.match(await one!.server.request('GET', '/connections'), { statusCode: 200, headers: { 'webrtc-partial': 'true' }, json: [] })
})

t.test('a list that breaks off -> is left out', async t => {
  const { servers: [one, two] } = await createCluster(t, 2, { listConnections: true })
  const { answer } = two!.engine.listener!
  for (const isLast of [false, true]) {
    two!.engine.listener!.answer = async message => decode(message)!.head.type === 'open'
      ? encode({ type: 'part', answer: 'a', status: 200, isLast }, Buffer.from('[{"id'))
      : answer(message)
    t.match(await one!.server.request('GET', '/connections'), { statusCode: 200, headers: { 'webrtc-partial': 'true' }, json: [] })
  }
})

t.test('a client that goes before the owner knows of its request -> the owner hears of it then', async t => {
  const [arrived, goOn, ended] = [signal(), signal(), signal()]
  const { servers: [other], add } = await createCluster(t, 1, { timeout: 300 })
  const owner = await add({
    host: app => app.addHook('onRequest', async ({ url }, reply) => {
      if (!url.includes('/events')) return
      arrived.resolve()
      reply.raw.on('close', () => { if (!reply.raw.writableEnded) ended.resolve() })
      await goOn.promise
    })
  })
  const { id } = await owner.server.createConnection()
  const asked = other!.server.request('GET', `/connections/${id}/events?timeout=0`)
  await within(arrived.promise, 'the request')
  other!.engine.fault = 'cut'
  t.equal((await asked).statusCode, 503)
  await owner.engine.listener!.answer(encode({ type: 'cancel', answer: 'unknown' }))
  const opened = decode(await owner.engine.listener!.answer(encode({ ...OPEN, operation: 'GET /connections/:id/events', params: { id } })))!.head
  await owner.engine.listener!.answer(encode({ type: 'cancel', answer: (opened as { answer: string }).answer }))
  goOn.resolve()
  await within(ended.promise, 'the end of the request')
})

t.test('two registrations of one process -> one cluster, which stays until both have gone', async t => {
  const { servers: [first, second] } = await createCluster(t, 2)
  const calls: string[] = []
  first!.cluster.join({ name: '/another', replay: ({ operation }) => { calls.push(operation); return undefined } })
  t.match(decode(await first!.engine.listener!.answer(encode({ ...OPEN, registration: '/another' })))!.head, { type: 'refusal' })
  t.strictSame(calls, [OPEN.operation])
  await first!.cluster.leave('')
  t.equal(first!.cluster.isReady, true)
  await first!.cluster.leave('/another')
  await until(() => second!.cluster.size === 0, 'the goodbye to be heard')
})

t.test('a list that is asked for while a server is made -> does not start it: it joins when it is ready', async t => {
  const { broker, servers: [one] } = await createCluster(t, 1, { listConnections: true })
  const [app, engine] = [Fastify(), broker.createEngine()]
  t.teardown(() => app.close())
  const cluster = new Cluster(engine)
  await app.register(signaling, { cluster, listConnections: true, bindAddress: '127.0.0.1' })
  await one!.server.request('GET', '/connections')
  t.strictSame([cluster.isReady, engine.listener, one!.cluster.size], [false, undefined, 0])
  app.get('/of-the-host', async () => 'here')
  await app.ready()
  await untilKnown(one!.cluster, 1)
  t.equal(cluster.isReady, true)
})

t.test('a server that closes before it was ready -> closes', async t => {
  const app = Fastify()
  const cluster = new Cluster(new MemoryBroker().createEngine())
  await app.register(signaling, { cluster, bindAddress: '127.0.0.1' })
  await within(app.close(), 'the end')
  t.equal(cluster.isReady, false)
})

t.test('onForwarded -> is told of each request for another process; what it throws has no consequences', async t => {
  const told: object[] = []
  const { servers: [owner, other] } = await createCluster(t, 2, { onForwarded: request => { told.push(request); throw new Error('of the application') } })
  const { id } = await owner!.server.createConnection()
  await other!.server.request('GET', `/connections/${id}`)
  owner!.engine.fault = 'cut'
  await other!.server.request('DELETE', `/connections/${id}`)
  t.match(told, [{ operation: 'GET /connections/:id', statusCode: 200, milliseconds: Number }, { operation: 'DELETE /connections/:id', statusCode: 503, milliseconds: Number }])
})

t.test('a process that has ended beside this one -> is gone, and the others are told: when it is asked for, and when somebody misses it', async t => {
  const ended = { ...other, pid: pidThatWas() }
  for (const learn of ['asked', 'missing'] as const) {
    const { presence, said } = createPresence(t)
    presence.connected()
    await until(() => presence.hasLearnt, 'it to have learnt')
    presence.hear({ v: 1, type: 'present', member: ended, asks: false, isAll: true, counts: [{ key: hashKey('a'), count: 2 }], others: [] })
    t.equal(presence.countElsewhere('a'), 2)
    if (learn === 'asked') t.equal(presence.isGone(ended.node), true)
    else presence.hear({ v: 1, type: 'missing', node: ended.node })
    t.match(said.at(-1), { type: 'gone', node: ended.node })
    t.strictSame([presence.members.length, presence.countElsewhere('a')], [0, 0])
  }
})

t.test('a process that lives, or ran elsewhere -> nobody here says that it is gone; who misses it asks the others once', async t => {
  for (const member of [other, { ...other, processes: 'elsewhere', pid: pidThatWas() }, { ...other, pid: 1 }]) {
    const { presence, said } = createPresence(t)
    presence.connected()
    await until(() => presence.hasLearnt, 'it to have learnt')
    presence.hear({ v: 1, type: 'present', member, asks: false, isAll: true, counts: [], others: [] })
    presence.hear({ v: 1, type: 'missing', node: member.node })
    t.strictSame([presence.isGone(member.node), presence.isGone(member.node)], [false, false])
    t.match(said.slice(1), [{ type: 'missing', node: member.node }])
    t.equal(said.length, 2)
    presence.hear({ v: 1, type: 'gone', node: member.node })
    t.equal(presence.isGone(member.node), true)
  }
})

t.test('what a process hears of itself, and what is no news -> changes nothing', async t => {
  const { presence } = createPresence(t)
  presence.hear({ v: 1, type: 'present', member: own, asks: true, isAll: true, counts: [{ key: hashKey('a'), count: 1 }], others: [] })
  presence.hear({ v: 1, type: 'present', member: other, asks: false, isAll: true, counts: [], others: [{ member: own, silentFor: 0 }, { member: other, silentFor: 0 }] })
  presence.hear({ v: 1, type: 'done' })
  t.strictSame([presence.members, presence.countElsewhere('a')], [[other], 0])
})

t.test('a process that was silent for so long that it was forgotten, and says one thing more -> is asked for all that it counts', async t => {
  const { presence, asked } = createPresence(t)
  const present = { v: 1 as const, type: 'present' as const, member: other, asks: false, isAll: true, counts: [{ key: hashKey('a'), count: 2 }], others: [] }
  presence.connected()
  presence.hear({ ...present, isAll: false })
  t.strictSame(asked, [], 'while everybody tells all by themselves')
  await until(() => presence.hasLearnt, 'it to have learnt')
  presence.hear(present)
  presence.hear({ ...present, isAll: false })
  t.strictSame(asked, [])
  presence.hear({ v: 1, type: 'gone', node: other.node })
  presence.hear({ ...present, isAll: false, counts: [] })
  t.match(asked, [{ type: 'present', member: own, asks: true, isAll: false }])
  presence.hear(present)
  t.equal(presence.countElsewhere('a'), 2)
})

t.test('a process that makes room for another one in the roster -> counts nothing more', async t => {
  const { presence } = createPresence(t)
  const hear = (node: string) => presence.hear({ v: 1, type: 'present', member: { ...other, node }, asks: false, isAll: true, counts: [{ key: hashKey('a'), count: 1 }], others: [] })
  for (let number = 0; number < 10_001; number++) hear(String(number))
  t.equal(presence.countElsewhere('a'), 10_000)
})

t.test('a stream of another process whose reader reads nothing -> is destroyed, and its owner hears of it; one that is read is not', async t => {
  for (const isRead of [false, true]) {
    const cancelled = signal()
    let pieces = 0
    const stream = new RemoteStream(Buffer.alloc(20_000), {
      next: async () => {
        await new Promise(resolve => setTimeout(resolve, 20))
        return { chunk: Buffer.alloc(20_000), isLast: ++pieces === 10 }
      },
      cancel: () => cancelled.resolve(),
      timeToRead: 100
    })
    if (isRead) {
      t.equal((await buffer(stream)).length, 220_000)
    } else {
      stream.read(0)
      await t.rejects(within(finished(stream), 'its end'), /stopped reading/)
      await cancelled.promise
      t.equal(pieces, 0, 'nothing was asked for that there was no room for')
    }
  }
})

t.test('an answer whose next part is asked for twice at a time -> once, and a refusal', async t => {
  const answers = new Answers(1)
  const stream = new Readable({ read () {} })
  const { answer } = decode(await answers.open(() => ({ answered: Promise.resolve({ status: 200, headers: {}, stream }), abort () {} })))!.head as { answer: string }
  const [first, second] = [answers.next(answer), answers.next(answer)]
  t.match(decode(await second), { head: { type: 'refusal', reason: 'unknown' } })
  stream.push('news')
  t.match(decode(await within(first, 'the part')), { head: { type: 'part' }, body: Buffer.from('news') })
  answers.close()
})

t.test('a process that counts more than any has -> the rest is not counted', async t => {
  const counts = new Counts()
  for (let number = 0; number <= 100_000; number++) counts.set('a', String(number), 1)
  counts.set('a', '0', 2)
  t.strictSame(['0', '99999', '100000'].map(key => counts.sum(key)), [2, 1, 0])
})

t.test('a roster -> of 10,000 processes at most, of which the one that was silent for the longest makes room', async t => {
  const roster = new Roster()
  for (let number = 0; number <= 10_000; number++) roster.hear({ ...other, node: String(number) }, number)
  t.strictSame([roster.members.length, roster.get('0'), roster.get('1')?.node], [10_000, undefined, '1'])
  t.strictSame(roster.silentFor(9990, 10_000), ['1', '2', '3', '4', '5', '6', '7', '8', '9'])
})

t.test('whereabouts -> the same for processes of one place, others elsewhere, also on a system without /proc', async t => {
  t.strictSame(findWhereabouts(), findWhereabouts())
  const elsewhere = findWhereabouts(path => path.includes('boot_id') ? 'another boot' : path)
  t.not(elsewhere.host, own.host)
  const { host, processes } = findWhereabouts(() => { throw new Error('no such file') })
  t.match([host, processes], [/^[\w-]{16}$/, /^[\w-]{16}$/])
  t.equal(hasEnded({ ...own }, own), false)
  t.equal(hasEnded({ ...own, pid: 1 }, own), false)
})

/** Of a process that has ended. */
function pidThatWas (): number {
  return spawnSync(process.execPath, ['-e', '']).pid
}

import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import { startServer, type ChildAnswer } from './start-server.js'

t.setTimeout(90_000)

const MAX_PENDING = 200
const MAX_PENDING_PER_ADDRESS = 50
const CONCURRENCY = 20
const MEGABYTE = 1024 * 1024

t.test('ten times maxPendingConnections POSTs from many addresses, and as many from one, to a server with the default limits -> exactly the limit gets 201, and others are served', async t => {
  // But for the event loop's, which on a busy machine would refuse some of them for another reason.
  const server = await startServer(t, { fastify: { requestTimeout: 10_000 }, connections: { maxEventLoopDelay: 60_000 } })
  const start = await server.held()
  const flood = async (count: number, from: (index: number) => string) => {
    const answers: ChildAnswer[] = []
    const post = async (first: number) => { for (let index = first; index < count; index += CONCURRENCY) answers.push(await server.ask('POST', '/connections', { from: from(index) })) }
    await Promise.all(Array.from({ length: CONCURRENCY }, (_, first) => post(first)))
    return answers
  }
  const remove = async (answers: ChildAnswer[]) => { for (const { json } of made(answers)) await server.ask('DELETE', `/connections/${json.id}`) }

  const fromOne = flood(10 * MAX_PENDING_PER_ADDRESS, () => '127.0.0.9')
  const times = [await server.connect(), await server.connect(), await server.connect()]
  const ofOne = await fromOne
  t.ok(Math.max(...times) < 1000, `another client connects meanwhile, in ${times.map(Math.round)} ms`)
  t.equal(made(ofOne).length, MAX_PENDING_PER_ADDRESS)
  t.strictSame(refusals(ofOne), ['429 FST_WEBRTC_TOO_MANY_PENDING_CONNECTIONS_FROM_ADDRESS'])
  t.ok(await server.connect() < 1000, 'and after it')
  await remove(ofOne)

  // Whatever memory as many refusals and peers take once, they have now taken.
  await remove(await flood(MAX_PENDING, index => address(index)))
  const before = await server.held()
  const ofMany = await flood(10 * MAX_PENDING, index => address(index))
  const after = await server.held()
  t.equal(made(ofMany).length, MAX_PENDING)
  t.equal(after.connections, MAX_PENDING)
  t.strictSame(refusals(ofMany), ['503 FST_WEBRTC_TOO_MANY_PENDING_CONNECTIONS'])
  const growth = (after.rss - before.rss) / MEGABYTE
  t.ok(growth < 20, `RSS has grown by ${growth.toFixed(1)} MB`)

  // The truth: as soon as it says there is room for one, at the latest when the first ones end.
  const last = await server.ask('POST', '/connections')
  t.equal(last.statusCode, 503)
  const seconds = Number(last.headers['retry-after'])
  t.ok(seconds >= 1 && seconds <= 10, `Retry-After: ${seconds}`)
  await wait(seconds * 1000)
  const time = await server.connect()
  t.ok(time < 1000, `then a client connects in ${Math.round(time)} ms`)
  await remove(ofMany)
  const end = await server.held()
  t.equal(end.connections, 0)
  t.ok(end.files <= start.files + 2 * CONCURRENCY, `${end.files} file descriptors after ${start.files}`)
})

function address (index: number): string {
  return `127.1.${Math.floor(index / 250)}.${1 + index % 250}`
}

function made (answers: ChildAnswer[]): ChildAnswer[] {
  return answers.filter(({ statusCode }) => statusCode === 201)
}

/** What those were told who got no connection: each has to say when to ask again. */
function refusals (answers: ChildAnswer[]): string[] {
  return [...new Set(answers.filter(({ statusCode }) => statusCode !== 201).map(({ statusCode, json, headers }) => `${statusCode} ${json.code}${/^[1-9]\d*$/.test(headers['retry-after'] ?? '') ? '' : ' without Retry-After'}`))]
}

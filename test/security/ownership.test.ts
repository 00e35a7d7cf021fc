import Fastify from 'fastify'
import t, { type Test } from 'tap'
import signaling, { ConnectionManager, type WebRtcConnection } from '../../plugin/index.js'
import { livePeerConnections } from '../../plugin/peer/native-connection.js'
import { description } from '../helpers/descriptions.js'
import { median } from '../helpers/median.js'
import { createServer, type TestServer, type TestServerOptions } from '../helpers/server.js'

const UNKNOWN = 'a'.repeat(22)
const PRINCIPALS = ['ada', 'bob', undefined] as const
type Principal = typeof PRINCIPALS[number]

/** Every operation on one connection, with whatever body it may have. */
const OPERATIONS: [method: 'GET' | 'POST' | 'DELETE', suffix: string, body?: object][] = [
  ['GET', ''], ['GET', '/local-description'], ['GET', '/remote-description'], ['GET', '/stats'],
  ['POST', '/remote-description', description('chromium-answer')], ['POST', '/remote-description', description('chromium-offer')],
  ['POST', '/reconnect', { reconnectToken: 'a'.repeat(22) }],
  ['DELETE', '']
]

const as = (principal: Principal): Record<string, string> => principal === undefined ? {} : { 'x-principal': principal }

/** Who asks is what a header says, as a host's authentication would have found out. */
function createOwnedServer (t: Test, options: TestServerOptions = {}): Promise<TestServer> {
  return createServer(t, { listConnections: true, identify: ({ headers }) => headers['x-principal'] as Principal, ...options })
}

/** All of an answer that a client can see. */
async function ask (server: TestServer, principal: Principal, id: string, [method, suffix, body]: typeof OPERATIONS[number]) {
  const { statusCode, headers: { date: _, ...headers }, body: text } = await server.app.inject({ method, url: `/connections/${id}${suffix}`, headers: as(principal), body })
  return { statusCode, headers, body: text }
}

async function createAs (server: TestServer, principal: Principal, direction: 'beforeOffer' | 'beforeAnswer'): Promise<WebRtcConnection> {
  const body = direction === 'beforeAnswer' ? { remoteDescription: description('chromium-offer') } : {}
  return (await server.app.inject({ method: 'POST', url: '/connections', headers: as(principal), body })).json()
}

for (const direction of ['beforeOffer', 'beforeAnswer'] as const) {
  for (const owner of PRINCIPALS) {
    t.test(`every operation by others on a connection of ${owner ?? 'nobody'}, made by ${direction} -> the answer for an id that never was, and the connection as it was`, async t => {
      const server = await createOwnedServer(t)
      const { reconnectToken, ...connection } = await createAs(server, owner, direction)
      for (const other of PRINCIPALS.filter(principal => principal !== owner)) {
        for (const operation of [...OPERATIONS, ['POST', '/reconnect', { reconnectToken }] as typeof OPERATIONS[number]]) {
          const expected = await ask(server, other, UNKNOWN, operation)
          t.equal(expected.statusCode, 404)
          t.strictSame(await ask(server, other, connection.id, operation), expected, `${operation[0]} ${operation[1]} by ${other}`)
        }
        t.strictSame(JSON.parse((await server.app.inject({ url: '/connections', headers: as(other) })).body), [])
      }
      t.strictSame(JSON.parse((await ask(server, owner, connection.id, ['GET', ''])).body), connection)
      t.equal((await server.app.inject({ url: '/connections', headers: as(owner) })).json().length, 1)
      t.equal((await ask(server, owner, connection.id, ['DELETE', ''])).statusCode, 200)
      t.strictSame(await ask(server, owner, connection.id, ['GET', '']), await ask(server, owner, UNKNOWN, ['GET', '']), 'an id that was')
    })
  }
}

t.test('a connection of somebody else, and an id that never was -> 404 in the same time', async t => {
  const server = await createOwnedServer(t, { fastify: { logger: false } })
  const { id } = await createAs(server, 'ada', 'beforeOffer')
  const ids = [id, UNKNOWN]
  const times: number[][] = [[], []]
  for (let run = 0; run < 1200; run++) {
    // In turns, and each as often first as second.
    for (const which of run % 2 === 0 ? [0, 1] : [1, 0]) {
      const started = performance.now()
      await ask(server, 'bob', ids[which]!, OPERATIONS[0]!)
      if (run >= 200) times[which]!.push(performance.now() - started)
    }
  }
  const [others, unknown] = times.map(median)
  const ratio = others! / unknown!
  t.comment(`${others!.toFixed(4)} ms and ${unknown!.toFixed(4)} ms`)
  t.ok(ratio > 0.8 && ratio < 1.25, `${ratio.toFixed(3)}: a median of 1000 each`)
})

t.test('registrations that share a manager, one without identify -> to each its own, and nobody else\'s', async t => {
  const connections = new ConnectionManager({ bindAddress: '127.0.0.1' })
  const app = Fastify()
  t.teardown(() => app.close())
  app.register(signaling, { prefix: '/a', connections, listConnections: true, identify: ({ headers }) => headers['x-principal'] as Principal })
  app.register(signaling, { prefix: '/b', connections, listConnections: true, identify: async ({ headers }) => headers['x-principal'] as Principal })
  app.register(signaling, { prefix: '/c', connections, listConnections: true })
  const { id } = (await app.inject({ method: 'POST', url: '/a/connections', headers: as('ada') })).json()
  const status = async (prefix: string, principal: Principal) => (await app.inject({ url: `${prefix}/connections/${id}`, headers: as(principal) })).statusCode
  t.strictSame(await Promise.all([status('/a', 'ada'), status('/b', 'ada'), status('/b', 'bob'), status('/a', undefined), status('/c', 'ada')]), [200, 200, 404, 404, 404])
  const { id: nobodys } = (await app.inject({ method: 'POST', url: '/c/connections' })).json()
  t.strictSame((await app.inject({ url: '/c/connections' })).json().map(({ id }: WebRtcConnection) => id), [nobodys])
  t.equal((await app.inject({ url: `/a/connections/${nobodys}`, headers: as('ada') })).statusCode, 404)
})

/** What `identify` may do that says nothing of who asks. */
const WRONG: Record<string, () => unknown> = {
  throws: () => { throw new Error('of the host') },
  rejects: async () => { throw new Error('of the host') },
  'says a number': () => 1,
  'says null': () => null,
  'says a promise of an object': async () => ({ id: 'ada' }),
  'says an empty string': () => ''
}

for (const [name, identify] of Object.entries(WRONG)) {
  t.test(`identify that ${name} -> 500 whatever is asked, no hook runs, no peer`, async t => {
    const mustNotRun = () => { throw new Error('expected no hook to run') }
    const server = await createOwnedServer(t, { identify: identify as never, beforeOffer: mustNotRun, beforeAnswer: mustNotRun, generateId: mustNotRun })
    const asked = [...OPERATIONS.map(operation => ask(server, 'ada', UNKNOWN, operation)), server.request('GET', '/connections'), server.request('POST', '/connections')]
    for (const { statusCode, body } of await Promise.all(asked)) {
      t.equal(statusCode, 500)
      t.strictSame(JSON.parse(body), { statusCode: 500, error: 'Internal Server Error', message: 'Internal Server Error' })
    }
    t.equal(livePeerConnections(), 0)
  })
}

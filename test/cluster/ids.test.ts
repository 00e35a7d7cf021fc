import t from 'tap'
import { createCluster } from '../helpers/cluster.js'
import { createServer } from '../helpers/server.js'
import { nodeOf } from '../../plugin/cluster/node-id.js'

const SECRET = 'a'.repeat(22)

/** Ids that nobody made. */
const FORGED: Record<string, string> = {
  'a wildcard': '*',
  'the wildcard for all': '>',
  'a wildcard in the place of a process': `${SECRET}*`,
  'a wildcard for each character of a process': `${SECRET}********`,
  'the wildcard for all in the place of a process': `${SECRET}>`,
  'tokens of a subject': `${SECRET}.a.b.c.d`,
  'a line break': `${SECRET}aaa\r\naaa`,
  'the subject of all': `${SECRET}.all`,
  'an id without a process': SECRET.slice(0, 8),
  'a process that never was': `${SECRET}zzzzzzzz`,
  'characters of another script': `${SECRET}ａａａａａａａａ`
}

t.test('a connection of a process by itself -> the id is as generateId makes it', async t => {
  const server = await createServer(t)
  t.match((await server.createConnection()).id, /^[\w-]{22}$/)
})

t.test('a connection of a process of a cluster -> the same id, and the process at its end', async t => {
  const { server, cluster } = (await createCluster(t, 1)).servers[0]!
  const { id } = await server.createConnection()
  t.match(id, /^[\w-]{30}$/)
  t.equal(id.slice(22), cluster.node)
  t.equal(nodeOf(id), cluster.node)
})

for (const [name, id] of Object.entries(FORGED)) {
  t.test(`${name} as an id -> 404 as for any other, and a broker hears of none but a process that never was`, async t => {
    const { broker, servers: [first] } = await createCluster(t, 2)
    const expected = await first!.server.app.inject({ url: '/connections/unknown' })
    const before = broker.messages
    for (const [method, suffix] of [['GET', ''], ['GET', '/events'], ['DELETE', '']] as const) {
      const { statusCode, body } = await first!.server.app.inject({ method, url: `/connections/${encodeURIComponent(id)}${suffix}` })
      t.strictSame([statusCode, body], [404, expected.body], `${method} ${suffix}`)
    }
    // One of those is the heartbeat of either process, which may have come in between.
    const asked = nodeOf(id) === undefined ? 0 : 3
    t.ok(broker.messages - before <= asked + 2 && broker.messages - before >= asked, `${broker.messages - before} messages`)
  })
}

t.test('generateId that makes the same id again -> 500, and the first connection stays', async t => {
  const { servers: [first] } = await createCluster(t, 1, { generateId: () => 'again' })
  const { id } = await first!.server.createConnection()
  t.equal(id, `again${first!.cluster.node}`)
  t.equal((await first!.server.request('POST', '/connections')).statusCode, 500)
  t.equal((await first!.server.request('GET', `/connections/${id}`)).statusCode, 200)
})

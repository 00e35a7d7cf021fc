import t, { type Test } from 'tap'
import { livePeerConnections } from '../../plugin/peer/peer-connection.js'
import { createServer, type TestServer } from '../helpers/server.js'

const as = (user: string) => ({ headers: { 'x-user': user } })

/** Who a request is from is what its header says. */
function createUserServer (t: Test): Promise<TestServer> {
  return createServer(t, { listConnections: true, identify: ({ headers }) => headers['x-user'] as string | undefined })
}

t.test('a connection of a principal -> for it there, for anybody else the answer of an id that never was', async t => {
  const server = await createUserServer(t)
  const { json: { id } } = await server.request<{ id: string }>('POST', '/connections', undefined, as('ada'))
  t.equal((await server.request('GET', `/connections/${id}`, undefined, as('ada'))).statusCode, 200)
  for (const init of [as('bob'), {}]) {
    for (const [method, path] of [['GET', ''], ['GET', '/local-description'], ['GET', '/remote-description'], ['DELETE', '']] as const) {
      const other = await server.request(method, `/connections/${id}${path}`, undefined, init)
      const unknown = await server.request(method, `/connections/unknown${path}`, undefined, init)
      t.equal(other.statusCode, 404)
      t.equal(other.body, unknown.body)
    }
  }
  t.equal((await server.request('DELETE', `/connections/${id}`, undefined, as('ada'))).statusCode, 200)
})

t.test('GET /connections of a principal -> its own connections', async t => {
  const server = await createUserServer(t)
  for (const user of ['ada', 'ada', 'bob']) await server.request('POST', '/connections', undefined, as(user))
  await server.createConnection()
  const count = async (init: object) => (await server.request<object[]>('GET', '/connections', undefined, init)).json.length
  t.strictSame([await count(as('ada')), await count(as('bob')), await count({})], [2, 1, 1])
})

for (const [name, principal, found] of [['a number', 1, 'number'], ['null', null, 'object'], ['no name', '', 'an empty one']] as const) {
  t.test(`identify that says ${name} -> 500, logged, no peer`, async t => {
    const server = await createServer(t, { identify: () => principal as never })
    const { statusCode, json } = await server.request('POST', '/connections')
    t.equal(statusCode, 500)
    t.equal(json.message, 'Internal Server Error')
    t.strictSame(server.errors(), [`identify: expected a string that is not empty, or undefined, found ${found}: identify: expected a string that is not empty, or undefined, found ${found}`])
    t.equal(livePeerConnections(), 0)
  })
}

t.test('identify that rejects with a status -> that status', async t => {
  const server = await createServer(t, { identify: async () => { throw Object.assign(new Error('Who?'), { statusCode: 404 }) } })
  t.equal((await server.request('GET', '/connections/unknown')).json.message, 'Who?')
})

import t from 'tap'
import { livePeerConnections } from '../../plugin/peer/native-connection.js'
import { createServer } from '../helpers/server.js'

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

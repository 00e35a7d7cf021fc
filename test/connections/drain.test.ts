import t from 'tap'
import { ConnectionManager } from '../../plugin/index.js'
import { within } from '../helpers/deadline.js'
import { connect } from '../helpers/handshake.js'
import { createServer } from '../helpers/server.js'

const LONG = 60_000

t.test('drain without connections -> closed at once', async t => {
  const manager = new ConnectionManager()
  t.equal(manager.isAccepting, true)
  await within(manager.drain(LONG), 'the drain')
  t.equal(manager.isAccepting, false)
  await t.rejects(manager.createConnection(), { code: 'FST_WEBRTC_CLOSING', statusCode: 503 })
})

t.test('drain with connections -> new ones refused, those there are go on until they end', async t => {
  const server = await createServer(t)
  const pending = await server.createConnection()
  const { connection } = await connect(t, server)
  let isDrained = false
  const drained = server.connections.drain(LONG).then(() => { isDrained = true })

  t.equal(server.connections.isAccepting, false)
  const { statusCode, headers, json } = await server.request('POST', '/connections')
  t.equal(statusCode, 503)
  t.equal(json.code, 'FST_WEBRTC_CLOSING')
  t.equal(headers['retry-after'], '1')
  t.match((await server.request('GET', `/connections/${connection.id}`)).json, { state: 'open', connectionState: 'connected' })

  await server.request('DELETE', `/connections/${pending.id}`)
  t.equal(isDrained, false, 'one is left')
  await server.request('DELETE', `/connections/${connection.id}`)
  await within(drained, 'the drain')
  t.equal(server.connections.size, 0)
})

t.test('drain whose time has passed -> what is left closes', async t => {
  const server = await createServer(t)
  const { connection } = await connect(t, server)
  await within(server.connections.drain(1), 'the drain')
  await server.state(connection.id, 'closed: shutdown')
  t.equal(server.connections.size, 0)
})

t.test('close during a drain -> ends it', async t => {
  const server = await createServer(t)
  await connect(t, server)
  const drained = server.connections.drain(LONG)
  await server.connections.close()
  await within(drained, 'the drain')
  t.equal(server.connections.size, 0)
})

t.test('drain(0) -> closes at once', async t => {
  const server = await createServer(t)
  const { connection } = await connect(t, server)
  await within(server.connections.drain(0), 'the drain')
  await server.state(connection.id, 'closed: shutdown')
})

t.test('drain with a time that is none -> TypeError, nothing has changed', async t => {
  const manager = new ConnectionManager()
  await t.rejects(manager.drain(Infinity), { name: 'TypeError', message: 'drain: expected an integer from 0 to 2147483647 milliseconds, found Infinity' })
  t.equal(manager.isAccepting, true)
})

import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { ConnectionManager } from '../../plugin/index.js'
import { livePeerConnections } from '../../plugin/peer/native-connection.js'
import { signal, within } from '../helpers/deadline.js'
import { createServer } from '../helpers/server.js'

t.test('createConnection 200 times at once -> each is made, a few in each turn of the event loop, and released', async t => {
  const manager = new ConnectionManager({ bindAddress: '127.0.0.1', maxEventLoopDelay: Infinity })
  t.teardown(() => manager.close())
  const made: number[] = [0]
  const look = () => {
    made.push(livePeerConnections())
    if (made.at(-1)! < 200) setImmediate(look)
  }
  setImmediate(look)
  const connections = await Promise.all(Array.from({ length: 200 }, () => manager.createConnection()))
  const most = Math.max(...made.slice(1).map((live, turn) => live - made[turn]!))
  t.ok(most < 100, `at most ${most} in a turn`)
  for (const connection of connections) connection.close()
  await Promise.all(connections.map(({ released }) => released))
  t.equal(livePeerConnections(), 0)
})

t.test('createConnection that closes before its turn has come -> no native peer', async t => {
  const manager = new ConnectionManager({ bindAddress: '127.0.0.1' })
  t.teardown(() => manager.close())
  const creating = manager.createConnection()
  await Promise.resolve()
  manager.getConnections()[0]!.close('aborted')
  await t.rejects(creating, { code: 'FST_WEBRTC_CLIENT_GONE' })
  t.equal(livePeerConnections(), 0)
})

t.test('POST /connections to a server that is full -> 503 before the body has arrived', async t => {
  const server = await createServer(t, { maxPendingConnections: 1 })
  await server.createConnection()
  await server.app.listen({ host: '127.0.0.1', port: 0 })
  const answered = signal<number | undefined>()
  const asked = request({ host: '127.0.0.1', port: (server.app.server.address() as AddressInfo).port, method: 'POST', path: '/connections', headers: { 'content-type': 'application/json', 'content-length': 100 } })
  asked.on('response', answer => answered.resolve(answer.resume().statusCode)).on('error', () => {})
  t.teardown(() => { asked.destroy() })
  asked.flushHeaders()
  t.equal(await within(answered.promise, 'an answer'), 503)
})

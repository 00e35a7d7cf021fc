import { once } from 'node:events'
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import type { Cluster, WebRtcConnection } from '../../plugin/index.js'
import { natsCluster, type NatsClusterOptions } from '../../plugin/cluster-nats.js'
import { NatsEngine } from '../../plugin/nats/nats-engine.js'
import { until, untilKnown } from '../helpers/cluster.js'
import { signal, within } from '../helpers/deadline.js'
import { findNatsServer, freeTcpPort, NatsServer } from '../helpers/nats-server.js'
import { TcpRelay } from '../helpers/tcp-relay.js'
import { createServer, type TestServer } from '../helpers/server.js'

interface Process { server: TestServer, cluster: Cluster }

t.test('a subject that is none, an option that is wrong -> FST_WEBRTC_INVALID_OPTION', async t => {
  for (const subject of ['', '*', 'a.>', 'a b', '.a', 'a.', 'a..b']) t.throws(() => natsCluster({ subject }), { code: 'FST_WEBRTC_INVALID_OPTION' }, subject)
  t.throws(() => natsCluster({ timeout: 0 }), { code: 'FST_WEBRTC_INVALID_OPTION' })
  t.throws(() => natsCluster({ onConnectError: 'log' as never }), { code: 'FST_WEBRTC_INVALID_OPTION' })
  t.equal(natsCluster().isConnected, false)
})

t.test('no broker at all -> the server starts, creates, is not ready, and closes at once', async t => {
  const told = signal<Error>()
  const { server, cluster } = await join(t, `nats://127.0.0.1:${await freeTcpPort()}`, {
    onConnectError (error) {
      told.resolve(error)
      throw new Error('of the application')
    }
  })
  t.match(await within(told.promise, 'the application to be told'), { message: /refused/i })
  const { id } = await server.createConnection()
  t.equal((await get(server, id)).statusCode, 200)
  t.match(await get(server, `${'a'.repeat(22)}bbbbbbbb`), { statusCode: 503, json: { code: 'FST_WEBRTC_CLUSTER_UNAVAILABLE' } })
  t.strictSame([cluster.isConnected, cluster.isReady, cluster.size], [false, false, 0])
  await within(server.app.close(), 'the end', 3000)
})

t.test('a broker that takes the connection and says nothing -> the server starts, and closes within seconds', async t => {
  const silent = createTcpServer().listen(0, '127.0.0.1')
  t.teardown(() => { silent.close() })
  const taken = once(silent, 'connection') as Promise<[Socket]>
  await once(silent, 'listening')
  const { server, cluster } = await join(t, `nats://127.0.0.1:${(silent.address() as AddressInfo).port}`)
  const [socket] = await within(taken, 'a connection')
  t.teardown(() => { socket.destroy() })
  t.equal(cluster.isReady, false)
  await within(server.app.close(), 'the end', 5000)
})

if (!findNatsServer()) {
  t.pass('There is no nats-server: no cluster on NATS has been tested')
} else {
  t.test('two servers on NATS -> each answers for the other', async t => {
    const { owner, other } = await twoProcesses(t)
    const { id } = await owner.server.createConnection()
    t.match(await get(other.server, id), { statusCode: 200, json: { id } })
    t.match(await get(other.server, `${'a'.repeat(22)}bbbbbbbb`), { statusCode: 404 })
    await owner.server.app.close()
    await untilKnown(other.cluster, 0)
    t.match(await get(other.server, id), { statusCode: 404 })
  })

  t.test('two clusters under different subjects -> know nothing of each other', async t => {
    const nats = await NatsServer.start(t)
    const [one, other] = [await join(t, nats.url), await join(t, nats.url, { subject: 'another.one' })]
    await Promise.all([untilKnown(one!.cluster, 0), untilKnown(other!.cluster, 0)])
    const { id } = await one!.server.createConnection()
    t.equal((await get(other!.server, id)).statusCode, 404)
  })

  t.test('a broker that comes after the servers, is killed, and comes back -> 503 meanwhile, 200 then, never 404', async t => {
    const nats = await NatsServer.start(t)
    await nats.kill()
    const [owner, other] = [await join(t, nats.url), await join(t, nats.url)]
    const { id } = await owner!.server.createConnection()
    t.equal((await get(other!.server, id)).statusCode, 503)
    await nats.start()
    await Promise.all([untilKnown(owner!.cluster, 1), untilKnown(other!.cluster, 1)])
    t.equal((await get(other!.server, id)).statusCode, 200)

    await nats.kill()
    await until(() => !other!.cluster.isConnected, 'the end of the broker to be seen')
    t.equal((await get(other!.server, id)).statusCode, 503)
    t.equal((await get(owner!.server, id)).statusCode, 200)
    await nats.start()
    const statuses = new Set<number>()
    const started = performance.now()
    do statuses.add((await get(other!.server, id)).statusCode); while (!statuses.has(200) && performance.now() - started < 10_000)
    t.strictSame([...statuses].sort(), [200, 503])
    t.comment(`200 again ${Math.round(performance.now() - started)} ms after the broker`)
    t.strictSame([owner!.cluster.isReady, other!.cluster.isReady], [true, true])
  })

  t.test('a request that is under way when the broker is killed -> 503 at once', async t => {
    const { nats, owner, other } = await twoProcesses(t)
    const { id } = await owner.server.createConnection()
    const asked = get(other.server, `${id}/local-candidates?after=100&wait=30000`)
    await until(() => owner.server.log.some(({ msg }) => msg === 'incoming request'), 'the owner to be asked')
    await nats.kill()
    t.match(await asked, { statusCode: 503, json: { code: 'FST_WEBRTC_CLUSTER_UNAVAILABLE' } })
  })

  t.test('a broker that is killed while the servers close -> they close within seconds, and nothing is thrown', async t => {
    const { nats, owner, other } = await twoProcesses(t)
    const closed = Promise.all([owner, other].map(({ server }) => server.app.close()))
    await nats.kill()
    await within(closed, 'the end', 4000)
  })

  t.test('a server that closes while it connects -> closes', async t => {
    const nats = await NatsServer.start(t)
    const { server, cluster } = await join(t, nats.url)
    await within(server.app.close(), 'the end', 3000)
    t.equal(cluster.isConnected, false)
  })

  t.test('a path to the broker that swallows everything -> 504 within two seconds, then 503 at both ends; 200 when it is mended', async t => {
    const nats = await NatsServer.start(t)
    const relay = await TcpRelay.start(t, nats.port)
    const [owner, other] = [await join(t, `nats://127.0.0.1:${relay.port}`), await join(t, nats.url)]
    await Promise.all([untilKnown(owner!.cluster, 1), untilKnown(other!.cluster, 1)])
    const [{ id }, { id: others }] = [await owner!.server.createConnection(), await other!.server.createConnection()]
    relay.silence()
    t.equal((await get(other!.server, id)).statusCode, 504)
    t.equal((await get(owner!.server, others)).statusCode, 504)
    await until(() => !owner!.cluster.isConnected, 'the process to notice', 20_000)
    t.equal((await get(owner!.server, others)).statusCode, 503)
    t.equal((await get(owner!.server, id)).statusCode, 200)
    relay.heal()
    await untilKnown(owner!.cluster, 1)
    t.equal((await get(other!.server, id)).statusCode, 200)
    t.equal((await get(owner!.server, others)).statusCode, 200)
  })

  t.test('an account that may use the subjects of the cluster and no others -> is enough; another password, or an account that may not -> nobody hears of it', async t => {
    const nats = await NatsServer.start(t, `authorization: { users: [
      { user: webrtc, password: secret, permissions: { publish: ["fastify-webrtc.>", "_INBOX.>"], subscribe: ["fastify-webrtc.>", "_INBOX.>"] } },
      { user: another, password: secret, permissions: { publish: ["another.>"], subscribe: ["another.>"] } }
    ] }\n`)
    const login = { user: 'webrtc', pass: 'secret' }
    const [owner, other] = [await join(t, nats.url, login), await join(t, nats.url, login)]
    await Promise.all([untilKnown(owner!.cluster, 1), untilKnown(other!.cluster, 1)])
    const { id } = await owner!.server.createConnection()
    t.equal((await get(other!.server, id)).statusCode, 200)
    const wrong = await join(t, nats.url, { user: 'webrtc', pass: 'wrong' })
    const stranger = await join(t, nats.url, { user: 'another', pass: 'secret' })
    await until(() => stranger.cluster.hasLearnt, 'the stranger to connect, and to hear from nobody')
    t.not((await get(stranger.server, id)).statusCode, 200)
    t.equal((await get(wrong.server, id)).statusCode, 503)
    t.strictSame([owner!.cluster.size, stranger.cluster.size, wrong.cluster.isReady], [1, 0, false])
  })

  t.test('more to say than a broker takes -> it is lost, and the next is heard; the server joins as ever', async t => {
    const nats = await NatsServer.start(t, 'max_payload: 1024\n')
    await nats.kill()
    const [one, other] = [await join(t, nats.url), await join(t, nats.url)]
    const countMany = () => { for (let count = 0; count < 100; count++) one!.cluster.setCount(`key ${count}`, 1) }
    countMany()
    await nats.start()
    await until(() => one!.cluster.hasLearnt, 'it to join')
    await untilKnown(other!.cluster, 1)
    countMany()
    await until(() => {
      one!.cluster.setCount('another key', 1)
      return other!.cluster.countElsewhere('another key') === 1
    }, 'what is small enough to be heard')
  })

  t.test('a listener that fails when the broker is there -> another connection in place of the first, and each message is answered once', async t => {
    const nats = await NatsServer.start(t)
    const open = async (node: string, connected: () => void, answer: (message: Uint8Array) => Promise<Uint8Array>) => {
      const engine = new NatsEngine('fastify-webrtc', { servers: nats.url })
      t.teardown(() => engine.close())
      const ready = signal()
      engine.open(node, {
        answer,
        hear () {},
        connected () {
          connected()
          ready.resolve()
        }
      })
      await within(ready.promise, 'the broker')
      return engine
    }
    let connects = 0
    let answers = 0
    await open('aaaaaaaa', () => { if (++connects === 1) throw new Error('of a listener') }, async message => {
      answers++
      return message
    })
    const engine = await open('bbbbbbbb', () => {}, async message => message)
    for (const text of ['one', 'two', 'three']) t.equal(Buffer.from(await engine.request('aaaaaaaa', Buffer.from(text), 1000) as Uint8Array).toString(), text)
    t.strictSame([connects, answers], [2, 3])
  })

  t.test('an authenticator that throws when the broker is back -> another attempt', async t => {
    const nats = await NatsServer.start(t)
    let asked = 0
    const { cluster } = await join(t, nats.url, { authenticator: () => { if (++asked === 2) throw new Error('of the application') } })
    await untilKnown(cluster, 0)
    await nats.kill()
    await until(() => !cluster.isConnected, 'the end of the broker to be seen')
    await nats.start()
    await until(() => cluster.isConnected, 'the broker')
    t.ok(asked > 2, `asked ${asked} times`)
  })

  t.test('an answer that a broker does not take -> 504, and the next one is answered', async t => {
    const nats = await NatsServer.start(t, 'max_payload: 4096\n')
    const [owner, other] = [await join(t, nats.url), await join(t, nats.url)]
    await Promise.all([untilKnown(owner!.cluster, 1), untilKnown(other!.cluster, 1)])
    const { id } = await owner!.server.createConnection()
    for (let count = 0; count < 30; count++) await owner!.server.createConnection()
    t.match(await get(other!.server, ''), { statusCode: 200, headers: { 'webrtc-partial': 'true' } })
    t.equal((await get(other!.server, id)).statusCode, 200)
  })
}

async function twoProcesses (t: Test): Promise<{ nats: NatsServer, owner: Process, other: Process }> {
  const nats = await NatsServer.start(t)
  const [owner, other] = [await join(t, nats.url), await join(t, nats.url)]
  await Promise.all([untilKnown(owner!.cluster, 1), untilKnown(other!.cluster, 1)])
  return { nats, owner: owner!, other: other! }
}

async function join (t: Test, servers: string, options: NatsClusterOptions = {}): Promise<Process> {
  const cluster = natsCluster({ servers, ...options })
  const server = await createServer(t, { cluster, listConnections: true, timeToConnected: 60_000 })
  return { server, cluster }
}

function get (server: TestServer, id: string) {
  return server.request<WebRtcConnection & { code?: string }>('GET', id === '' ? '/connections' : `/connections/${id}`)
}

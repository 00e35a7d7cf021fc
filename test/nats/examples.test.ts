/** What examples/ has for several processes. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { parse, parseAllDocuments } from 'yaml'
import { createDemo } from '../../examples/demo.js'
import { Metrics } from '../../examples/metrics.js'
import { Cluster, type WebRtcConnection } from '../../plugin/index.js'
import { natsCluster } from '../../plugin/cluster-nats.js'
import { startChild } from '../helpers/child.js'
import { until, untilKnown } from '../helpers/cluster.js'
import { within } from '../helpers/deadline.js'
import { readOrigin, startDemo } from '../helpers/demo.js'
import { answerOffer, createConnection, postTo } from '../helpers/http-far-end.js'
import { MemoryBroker } from '../helpers/memory-broker.js'
import { NativePeer } from '../helpers/native-peer.js'
import { findNatsServer, freeTcpPort, NatsServer } from '../helpers/nats-server.js'
import { createServer } from '../helpers/server.js'
import { freePort } from '../helpers/udp-port.js'

const FOLDER = 'examples/cluster'
const PASSWORD = 'north of the wall'
const read = (name: string) => readFileSync(join(FOLDER, name), 'utf8')

t.test('compose.yaml and kubernetes.yaml -> a UDP port of its own for each process, readiness, and the time to drain', async t => {
  const { services } = parse(read('compose.yaml'), { merge: true }) as { services: Record<string, { ports: string[], environment: Record<string, string>, stop_grace_period?: string, healthcheck?: { test: string[] } }> }
  for (const number of [0, 1]) {
    const { ports, environment, stop_grace_period: time, healthcheck } = services[`signaling-${number}`]!
    t.strictSame([ports, environment.UDP_PORT, environment.NATS_URL, time], [[`2000${number}:2000${number}/udp`], `2000${number}`, 'tls://nats:4222', '70s'])
    t.match(healthcheck!.test.at(-1), '/readyz')
  }
  const documents = parseAllDocuments(read('kubernetes.yaml')).map(document => document.toJS())
  t.strictSame(documents.map(({ kind }) => kind), ['StatefulSet', 'Service', 'PodDisruptionBudget', 'Deployment', 'Service'])
  const [{ spec: { template: { spec } } }] = documents
  t.match(spec, { terminationGracePeriodSeconds: 70, containers: [{ readinessProbe: { httpGet: { path: '/readyz' } }, ports: [{ containerPort: 3000 }, { hostPort: 20000, protocol: 'UDP' }] }] })
})

t.test('GET /metrics of the examples -> connections by state, times of handshakes, forwards, refusals', async t => {
  const broker = new MemoryBroker()
  const metrics = new Metrics()
  const cluster = new Cluster(broker.createEngine(), { onForwarded: metrics.onForwarded })
  const { app } = await createDemo({ connectionOptions: { bindAddress: '127.0.0.1', maxEventLoopDelay: Infinity, maxConnectionsPerAddress: 1 }, metrics, cluster })
  t.teardown(() => app.close())
  const origin = await app.listen({ host: '127.0.0.1', port: 0 })
  const post = postTo(`${origin}/ping-pong`)
  const connection = await createConnection(post)
  const farEnd = new NativePeer()
  t.teardown(() => farEnd.close())
  await answerOffer(post, connection, farEnd, () => farEnd.createDataChannel('ping-pong', { negotiated: true, id: 0 }))
  await until(() => cluster.hasLearnt, 'the cluster')
  await t.rejects(createConnection(post), /429/)
  t.equal((await fetch(`${origin}/ping-pong/connections/${'a'.repeat(22)}bbbbbbbb`)).status, 404)
  const find = async (line: RegExp) => line.test(await (await fetch(`${origin}/metrics`)).text())
  t.ok(await find(/^webrtc_connections\{state="connected"\} 1$/m))
  t.ok(await find(/^webrtc_handshake_seconds_count 1$/m))
  t.ok(await find(/^webrtc_refusals_total\{status="429"\} 1$/m))
  t.ok(await find(/^webrtc_forward_seconds_count\{operation="GET \/connections\/:id",status="404"\} 1$/m))
  t.equal((await fetch(`${origin}/ping-pong/connections/${connection.id}`, { method: 'DELETE' })).status, 200)
  t.ok(await find(/^webrtc_closed_total\{reason="deleted"\} 1$/m))
  t.equal((await fetch(`${origin}/readyz`)).status, 200)
})

if (!findNatsServer()) {
  t.pass('There is no nats-server: the examples have not been tried with one')
} else {
  t.test('nats.conf -> lets in by TLS and password, to the subjects of the cluster alone', async t => {
    const { servers, caFile } = await startExample(t)
    const login = { user: 'signaling', pass: PASSWORD, tls: { caFile } }
    const [one, other] = [natsCluster({ servers, ...login }), natsCluster({ servers, ...login })]
    const owner = await createServer(t, { cluster: one })
    const asked = await createServer(t, { cluster: other })
    await Promise.all([untilKnown(one, 1), untilKnown(other, 1)])
    const { id } = await owner.createConnection()
    t.equal((await asked.request('GET', `/connections/${id}`)).statusCode, 200)

    const elsewhere = [natsCluster({ servers, ...login, subject: 'elsewhere' }), natsCluster({ servers, ...login, subject: 'elsewhere' })]
    for (const cluster of elsewhere) await createServer(t, { cluster })
    const { tls: _, ...withoutAuthority } = login
    const untrusting = natsCluster({ servers, ...withoutAuthority })
    await createServer(t, { cluster: untrusting })
    await until(() => elsewhere.every(({ hasLearnt }) => hasLearnt), 'those with another subject to connect, and to hear from nobody')
    t.strictSame([...elsewhere.map(({ size }) => size), one.size, untrusting.isReady], [0, 0, 1, false])
  })

  t.test('server.ts, twice, with nats.conf -> a far end connects by way of both; a signal drains them', async t => {
    const { servers, caFile } = await startExample(t)
    const env = { HOST: '127.0.0.1', PUBLIC_ADDRESS: '127.0.0.1', NATS_URL: servers, NATS_PASSWORD: PASSWORD, NODE_EXTRA_CA_CERTS: caFile }
    const start = async () => {
      const port = await freeTcpPort()
      const child = startChild('examples/cluster/server.ts', { env: { ...env, PORT: String(port), UDP_PORT: String(await freePort()) }, deadline: 60_000 })
      t.teardown(() => { child.process.kill('SIGKILL') })
      return { port, child }
    }
    const [one, other] = [await start(), await start()]
    for (const { port } of [one, other]) await until(() => ask(port, '/readyz').then(({ status }) => status === 200, () => false), 'the processes to be ready', 30_000)
    const [toOne, toOther] = [one, other].map(({ port }) => postTo(`http://127.0.0.1:${port}/ping-pong`))
    const farEnd = new NativePeer()
    t.teardown(() => farEnd.close())
    const connection = await createConnection(toOne!)
    const channel = await answerOffer(toOther!, connection, farEnd, () => farEnd.createDataChannel('ping-pong', { negotiated: true, id: 0 }))
    await channel.opened()
    channel.send('ping')
    t.strictSame(await channel.messages(1), ['pong'])
    t.equal((await ask(other.port, `/ping-pong/connections/${connection.id}`, 'DELETE')).status, 200)
    for (const { child } of [one, other]) child.process.kill('SIGTERM')
    for (const { child } of [one, other]) t.match(await within(child.ended, 'the end of the processes', 20_000), { exitCode: 0, stderr: '' })
  })

  t.test('npm start with NATS_URL -> workers on one port, of which each answers for all; a signal drains them', async t => {
    const nats = await NatsServer.start(t)
    const port = await freeTcpPort()
    const child = startDemo(t, { NATS_URL: nats.url, WORKERS: '3', PORT: String(port), DRAIN_SECONDS: '1' })
    const origins = [await readOrigin(child), await readOrigin(child), await readOrigin(child)]
    t.strictSame([...new Set(origins)], [`http://127.0.0.1:${port}`])
    const path = '/ping-pong/connections'
    await untilAnswered(port, '/readyz', 200)
    const ids = []
    for (let count = 0; count < 6; count++) ids.push((JSON.parse((await ask(port, path, 'POST')).body) as WebRtcConnection).id)
    const owners = new Set(ids.map(id => id.slice(-8)))
    t.ok(owners.size > 1, `made by ${owners.size} processes`)
    for (const id of ids) for (let count = 0; count < 6; count++) t.equal((await ask(port, `${path}/${id}`)).status, 200)

    child.process.kill('SIGTERM')
    t.match(await within(child.ended, 'the end of the processes', 20_000), { exitCode: 0 })
  })
}

/** The broker of nats.conf, with a certificate of its own. */
async function startExample (t: Test): Promise<{ servers: string, caFile: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'nats-tls-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const caFile = join(folder, 'tls.crt')
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', join(folder, 'tls.key'), '-out', caFile], { stdio: 'ignore' })
  const configuration = read('nats.conf')
    .replace(/^(port|http|ping_\w+): .*$/gm, '')
    .replaceAll('/etc/nats/tls', folder)
    .replace('$NATS_PASSWORD', JSON.stringify(PASSWORD))
  const nats = await NatsServer.start(t, configuration)
  return { servers: `tls://localhost:${nats.port}`, caFile }
}

/** On a socket of its own, as the workers share the sockets, not the requests. */
function ask (port: number, path: string, method = 'GET'): Promise<{ status: number, body: string }> {
  const answered = new Promise<{ status: number, body: string }>((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, method, agent: false }, response => {
      let body = ''
      response.setEncoding('utf8').on('data', text => { body += text }).on('end', () => resolve({ status: response.statusCode!, body }))
    }).on('error', reject).end()
  })
  return within(answered, `an answer to ${method} ${path}`)
}

/** Ten times in a row: by whichever worker. */
async function untilAnswered (port: number, path: string, status: number): Promise<void> {
  const end = performance.now() + 10_000
  for (let times = 0; times < 10;) {
    if (performance.now() > end) throw new Error(`expected ${status} for ${path}`)
    times = (await ask(port, path)).status === status ? times + 1 : 0
  }
}

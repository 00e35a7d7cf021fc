import { spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer as createTcpServer, type AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import t, { type Test } from 'tap'
import { runChild } from '../helpers/child.js'
import { within } from '../helpers/deadline.js'
import { description } from '../helpers/descriptions.js'
import { createServer, type TestServer } from '../helpers/server.js'
import { trickyCandidates, type TrickyCandidate } from './tricky-candidates.js'

t.setTimeout(60_000)

const interfaces = Object.values(networkInterfaces()).flatMap(addresses => addresses!)
const hasIPv6 = interfaces.some(({ address }) => address === '::1')
const own = interfaces.filter(({ internal, scopeid }) => !internal && !scopeid).map(({ address }) => address)

/** Long enough for every check of a single candidate to have begun: the first goes out within milliseconds. */
const LIFE = 1000

const candidates = trickyCandidates({ hasIPv6 })
for (const address of own) candidates.set(`the host's own ${address}`, { lines: port => [`a=candidate:1 1 udp 1 ${address} ${port} typ host`], isPlain: true })

/** Who asks, by what a request is injected with. */
const STRANGERS: Record<string, { remoteAddress: string, headers?: Record<string, string> }> = {
  'a public client': { remoteAddress: '8.8.4.4' },
  'a client in a private network': { remoteAddress: '192.168.77.7' },
  'a client behind a proxy that nobody vouches for': { remoteAddress: '127.0.0.1', headers: { 'x-forwarded-for': '127.0.0.1' } }
}

for (const [name, init] of Object.entries(STRANGERS)) {
  t.test(`candidates for this host in every spelling, from ${name} -> nothing arrives, over UDP or TCP, while the connection lives`, async t => {
    t.strictSame(await arrivals(t, init), [])
  })
}

t.test('candidates for this host in every spelling, from a client on this host -> the plain ones arrive, and no others', async t => {
  const plain = [...candidates].filter(([, { isPlain }]) => isPlain).map(([name]) => name)
  t.ok(plain.length > 10)
  t.strictSame(await arrivals(t, { remoteAddress: '127.0.0.1' }), plain)
})

t.test("remoteCandidates 'none' -> a client on this host -> nothing arrives", async t => {
  t.strictSame(await arrivals(t, { remoteAddress: '127.0.0.1' }, 'none'), [])
})

// Only root may make the networks that it needs.
if (spawnSync('unshare', ['-n', 'ip', 'link', 'add', 'server', 'type', 'veth', 'peer', 'name', 'world']).status === 0) {
  t.test('candidates for special, private and public addresses and low ports, in networks made for it -> only what is public, or where the client is, receives anything', async t => {
    const { exitCode, stdout, stderr } = await runChild(new URL('forbidden-networks.ts', import.meta.url), { deadline: 50_000 })
    t.equal(exitCode, 0, stderr)
    const { "anybody, with 'any'": anything, ...found } = JSON.parse(stdout) as Record<string, string[]>
    const anywhere = ['8.8.8.8', '2600::1', '8.8.8.8:1024', '8.8.8.8:65535', '8.8.8.8 with a related address']
    const lan = ['10.1.2.3', '100.64.0.1', '172.16.0.1', '192.168.1.1', 'fd00::1']
    const here = ['45.45.45.1', '2600:45::1']
    const expected = { public: anywhere, 'public over IPv6': anywhere, private: [...anywhere, ...lan], 'on this host': [...anywhere, ...lan, ...here], 'on this host by its address': [...anywhere, ...lan, ...here] }
    for (const [client, targets] of Object.entries(expected)) t.strictSame(found[client]?.sort(), targets.sort(), client)
    for (const address of ['169.254.169.254', '192.0.0.8', '198.18.0.1', '203.0.113.1', '64:ff9b::a9fe:a9fe', '2002:a9fe:a9fe::1', '2001:db8::1', ...anywhere, ...lan, ...here]) t.ok(anything?.includes(address), `${address} receives what is sent to it`)
    t.strictSame(anything?.filter(name => /:(53|161|1023)$|related address$/.test(name)), ['8.8.8.8 with a related address'])
  })
}

/** The names of the candidates at which something has arrived by the time that every connection has ended, whether they came with an answer or with an offer. */
async function arrivals (t: Test, init: { remoteAddress: string, headers?: Record<string, string> }, remoteCandidates?: 'none'): Promise<string[]> {
  const server = await createServer(t, { bindAddress: undefined, timeToConnected: LIFE, maxPendingConnections: 1000, maxPendingConnectionsPerAddress: Infinity, remoteCandidates })
  const arrived = new Set<string>()
  const ids: string[] = []
  for (const [name, candidate] of candidates) {
    const port = await listenOn(t, () => arrived.add(name))
    for (const id of [await answerWith(server, init, candidate, port), await offerWith(server, init, candidate, port)]) {
      if (id) ids.push(id)
    }
  }
  t.ok(ids.length >= candidates.size, `${ids.length} connections`)
  await Promise.all(ids.map(id => server.state(id, 'closed: timeout', 20_000)))
  return [...candidates.keys()].filter(name => arrived.has(name))
}

/** A port of every address of this host, over UDP and TCP. */
async function listenOn (t: Test, onArrival: () => void): Promise<number> {
  const host = hasIPv6 ? '::' : '0.0.0.0'
  for (let attempt = 0; attempt < 10; attempt++) {
    const tcp = createTcpServer(socket => {
      onArrival()
      socket.destroy()
    }).listen(0, host)
    t.teardown(() => { tcp.close() })
    await within(once(tcp, 'listening'), 'a TCP port')
    const { port } = tcp.address() as AddressInfo
    const udp = createSocket(hasIPv6 ? 'udp6' : 'udp4').on('message', onArrival).bind(port, host)
    t.teardown(() => { udp.close() })
    // Some peer may have the UDP port of the same number.
    if (await within(once(udp, 'listening').then(() => true, () => false), 'the UDP port of the same number')) return port
  }
  throw new Error('expected a port that is free over UDP and TCP')
}

async function answerWith (server: TestServer, { remoteAddress, headers }: { remoteAddress: string, headers?: Record<string, string> }, candidate: TrickyCandidate, port: number): Promise<string> {
  const { json: { id } } = await server.request<{ id: string }>('POST', '/connections', undefined, { remoteAddress, headers })
  await server.setRemoteDescription(id, put(description('chromium-answer').sdp, candidate, port))
  return id
}

/** Undefined when the offer is refused. */
async function offerWith (server: TestServer, { remoteAddress, headers }: { remoteAddress: string, headers?: Record<string, string> }, candidate: TrickyCandidate, port: number): Promise<string | undefined> {
  const { json: { id } } = await server.request<{ id?: string }>('POST', '/connections', undefined, {
    remoteAddress,
    body: JSON.stringify({ remoteDescription: { type: 'offer', sdp: put(description('chromium-offer').sdp, candidate, port) } }),
    headers: { 'content-type': 'application/json', ...headers }
  })
  return id
}

function put (sdp: string, { lines, isSessionLevel = false }: TrickyCandidate, port: number): string {
  const all = sdp.replace(/^a=candidate:.*\r\n/gm, '').trimEnd().split('\r\n')
  all.splice(isSessionLevel ? all.findIndex(line => line.startsWith('m=')) : all.length, 0, ...lines(port))
  return [...all, ''].join('\r\n')
}

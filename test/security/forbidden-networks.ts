/**
 * Lets a server in a network namespace of its own have candidates checked, and listens for what arrives on special, private and
 * public addresses in a second namespace, which is all the world that the server sees. Writes the targets that were hit for each client.
 * Needs root and iproute2. Argument: the role, none from outside.
 */
import { execFileSync, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { description } from '../helpers/descriptions.js'
import { closeServer, TestServer } from '../helpers/server.js'

const PUBLIC = ['8.8.8.8', '2600::1']
const PRIVATE = ['10.1.2.3', '100.64.0.1', '172.16.0.1', '192.168.1.1', 'fd00::1']
const SPECIAL = [
  '169.254.169.254', '192.0.0.8', '192.88.99.1', '198.18.0.1', '198.51.100.1', '203.0.113.1',
  '64:ff9b::a9fe:a9fe', '64:ff9b:1::a9fe:a9fe', '2002:a9fe:a9fe::1', '2001::1', '2001:db8::1', '3fff::1', '100::1', 'fec0::1'
]
const HERE = ['45.45.45.1', '2600:45::1']
const LOW_PORTS = [53, 161, 1023]
const FIRST_PORT = 20_000

interface Target { name: string, address: string, port: number, extension?: string }

const targets: Target[] = [
  ...[...PUBLIC, ...PRIVATE, ...SPECIAL, ...HERE].map((address, index) => ({ name: address, address, port: FIRST_PORT + index })),
  ...LOW_PORTS.map(port => ({ name: `8.8.8.8:${port}`, address: '8.8.8.8', port })),
  { name: '8.8.8.8:1024', address: '8.8.8.8', port: 1024 },
  { name: '8.8.8.8:65535', address: '8.8.8.8', port: 65535 },
  { name: '8.8.8.8 with a related address', address: '8.8.8.8', port: FIRST_PORT + 100, extension: `typ srflx raddr 169.254.169.254 rport ${FIRST_PORT + 101}` }
]
const RELATED: Target = { name: 'the related address', address: '169.254.169.254', port: FIRST_PORT + 101 }

const CLIENTS = { public: '45.1.1.1', 'public over IPv6': '2600:1::1', private: '10.5.5.5', 'on this host': '127.0.0.1', 'on this host by its address': '45.45.45.1' }
const script = fileURLToPath(import.meta.url)

if (process.argv[2] === 'world') await listenInTheWorld()
else if (process.argv[2] === 'server') await serve()
else process.exitCode = (await once(inNamespace('server', 'inherit'), 'close'))[0] ?? 1

function inNamespace (role: string, stdio: 'inherit' | 'pipe') {
  return spawn('unshare', ['-n', process.execPath, ...process.execArgv, script, role], { stdio: [stdio, stdio, 'inherit'] })
}

function ip (...args: string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'inherit'] })
}

/** Writes the name of each target at which something has arrived, once for each line that it reads. */
async function listenInTheWorld (): Promise<void> {
  console.log('there')
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
  await lines.next()
  ip('link', 'set', 'lo', 'up')
  ip('link', 'set', 'world', 'up')
  for (const address of ['45.45.45.2/24', '2600:45::2/64']) ip('addr', 'add', address, 'dev', 'world', ...address.includes(':') ? ['nodad'] : [])
  for (const address of [...PUBLIC, ...PRIVATE, ...SPECIAL]) ip('addr', 'add', address, 'dev', 'lo', ...address.includes(':') ? ['nodad'] : [])
  const arrived = new Set<string>()
  for (const { name, port } of [...targets, RELATED]) {
    await once(createSocket('udp6').on('message', () => arrived.add(name)).bind(port, '::'), 'listening')
  }
  console.log('listening')
  while (!(await lines.next()).done) {
    console.log(JSON.stringify([...arrived]))
    arrived.clear()
  }
  process.exit()
}

async function serve (): Promise<void> {
  const world = inNamespace('world', 'pipe')
  const lines = createInterface({ input: world.stdout! })[Symbol.asyncIterator]()
  const read = async () => String((await lines.next()).value)
  await read()
  ip('link', 'set', 'lo', 'up')
  ip('link', 'add', 'server', 'type', 'veth', 'peer', 'name', 'world', 'netns', String(world.pid))
  ip('link', 'set', 'server', 'up')
  for (const address of ['45.45.45.1/24', '2600:45::1/64']) ip('addr', 'add', address, 'dev', 'server', ...address.includes(':') ? ['nodad'] : [])
  world.stdin!.write('the link is there\n')
  await read()
  ip('route', 'add', 'default', 'via', '45.45.45.2')
  ip('-6', 'route', 'add', 'default', 'via', '2600:45::2')

  const here = new Set<string>()
  for (const { name, port } of targets.filter(({ address }) => HERE.includes(address))) {
    await once(createSocket('udp6').on('message', () => here.add(name)).bind(port, '::'), 'listening')
  }
  const server = new TestServer({ bindAddress: undefined, timeToConnected: 700 })
  const sendsAnywhere = new TestServer({ bindAddress: undefined, timeToConnected: 700, remoteCandidates: 'any' })
  const found: Record<string, string[]> = {}
  await find(server, CLIENTS)
  await find(sendsAnywhere, { "anybody, with 'any'": '45.1.1.1' })
  world.stdin!.end()
  console.log(JSON.stringify(found))
  process.exit()

  async function find (server: TestServer, clients: Record<string, string>): Promise<void> {
    await server.app.ready()
    for (const [name, remoteAddress] of Object.entries(clients)) found[name] = await findTargets(server, name, remoteAddress)
    await closeServer(server)
  }

  async function findTargets (server: TestServer, name: string, remoteAddress: string): Promise<string[]> {
    here.clear()
    await Promise.all(targets.map(async ({ address, port, extension = 'typ host' }) => {
      const { json: { id } } = await server.request<{ id: string }>('POST', '/connections', undefined, { remoteAddress })
      const sdp = description('chromium-answer').sdp.replace(/^a=candidate:.*\r\n/gm, '')
      await server.setRemoteDescription(id, `${sdp}a=candidate:1 1 udp 2122260223 ${address} ${port} ${extension}\r\n`)
      await server.state(id, 'closed: timeout')
    }))
    world.stdin!.write(`${name}\n`)
    const arrived = [...JSON.parse(await read()) as string[], ...here]
    return [...targets, RELATED].map(({ name }) => name).filter(name => arrived.includes(name))
  }
}

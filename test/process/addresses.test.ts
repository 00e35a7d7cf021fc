import t, { type Test } from 'tap'
import type { ConnectionManagerOptions } from '../../plugin/index.js'
import { startChild } from '../helpers/child.js'
import { hasNamespaces, Namespaces } from '../helpers/namespaces.js'
import type { EchoClientsInit, EchoClientsResult } from './echo-clients.js'
import type { EchoServerInit } from './echo-server.js'

const PORT = 3000
const UDP_PORT = 20_000
const DEADLINE = 10_000
/** Where nothing can arrive, how long it is waited for. */
const SHORT = 1500

t.setTimeout(120_000)

interface Path {
  server: { namespace?: string, host: string }
  client: { namespace?: string, bindAddress: string, url: string }
}

/** What becomes of so many clients of such a server. */
async function connect (t: Test, { server, client }: Path, connections: ConnectionManagerOptions, { count = 1, deadline = DEADLINE } = {}): Promise<EchoClientsResult & { connected: number }> {
  const { namespace, host } = server
  const serverInit: EchoServerInit = { host, port: PORT, connections }
  const serving = startChild(new URL('echo-server.ts', import.meta.url), { args: [JSON.stringify(serverInit)], namespace, deadline: 100_000 })
  t.teardown(() => { serving.process.kill('SIGKILL') })
  await serving.line()
  const clientInit: EchoClientsInit = { count, deadline, bindAddress: client.bindAddress, url: client.url }
  const connecting = startChild(new URL('echo-clients.ts', import.meta.url), { args: [JSON.stringify(clientInit)], namespace: client.namespace, deadline: 90_000 })
  t.teardown(() => { connecting.process.kill('SIGKILL') })
  const result = JSON.parse(await connecting.line(80_000)) as EchoClientsResult
  serving.write('how many?')
  return { ...result, connected: Number(await serving.line()) }
}

if (!hasNamespaces()) {
  t.pass('Only root may make the networks that it needs, with iproute2 and nftables: no NAT has been tested')
} else {
  t.test('500 clients behind a NAT, a server behind another that gives it an address of its own -> all connect to the one port that it advertises', async t => {
    const path = behindNats(t)
    const { places, ...found } = await connect(t, path, { bindAddress: '10.0.2.2', udpPort: UDP_PORT, advertise: '45.45.45.2' }, { count: 500 })
    t.strictSame(found, { echoes: 500, failures: [], connected: 500 })
    t.strictSame(places, [`45.45.45.2 ${UDP_PORT}`])
  })

  t.test('a server behind a NAT that gives its port another number -> clients connect to the port that it advertises', async t => {
    const { places, ...found } = await connect(t, behindNats(t), { bindAddress: '10.0.2.2', udpPort: UDP_PORT, advertise: { address: '45.45.45.2', port: 40_000 } }, { count: 10 })
    t.strictSame(found, { echoes: 10, failures: [], connected: 10 })
    t.strictSame(places, ['45.45.45.2 40000'])
  })

  t.test('a server behind a NAT with a range of ports -> a port for each client, and one more is refused', async t => {
    const { places, failures, ...found } = await connect(t, behindNats(t), { bindAddress: '10.0.2.2', portRange: { begin: UDP_PORT, end: UDP_PORT + 9 }, advertise: '45.45.45.2' }, { count: 11 })
    t.strictSame(found, { echoes: 10, connected: 10 })
    t.strictSame(places.sort(), Array.from({ length: 10 }, (_, index) => `45.45.45.2 ${UDP_PORT + index}`))
    t.match(failures, [/expected 2xx, found 503 .*FST_WEBRTC_NO_SOCKET/])
  })

  t.test('a server behind a NAT that does not say so -> no client connects', async t => {
    const { places, ...found } = await connect(t, behindNats(t), { bindAddress: '10.0.2.2', udpPort: UDP_PORT }, { deadline: SHORT })
    t.strictSame(found, { echoes: 0, failures: ['Error: expected the far end to connect within 1500 ms'], connected: 0 })
    t.strictSame(places, [`10.0.2.2 ${UDP_PORT}`])
  })

  for (const [name, options] of Object.entries({ 'one UDP port': { udpPort: UDP_PORT }, 'a port for each peer': {} } satisfies Record<string, ConnectionManagerOptions>)) {
    t.test(`unique local addresses of IPv6 in two networks, ${name} -> every client connects`, async t => {
      for (const bindAddress of ['fd00:2::2', undefined]) {
        const { places, ...found } = await connect(t, inUniqueLocalNetworks(t), { ...options, bindAddress }, { count: 10 })
        t.strictSame(found, { echoes: 10, failures: [], connected: 10 })
        t.ok(places.every(place => place.startsWith('fd00:2::2 ')), places.join())
      }
    })
  }
}

/** The client 10.0.1.2 is seen as 45.45.45.1 with ports of its router's choice; the server 10.0.2.2 is reached at 45.45.45.2. */
function behindNats (t: Test): Path {
  const namespaces = new Namespaces(t)
  const [client, server] = [namespaces.add('client'), namespaces.add('server')]
  const [clientNat, serverNat] = [namespaces.addRouter('client-nat'), namespaces.addRouter('server-nat')]
  namespaces.link({ namespace: client, device: 'eth0', addresses: ['10.0.1.2/24'] }, { namespace: clientNat, device: 'inside', addresses: ['10.0.1.1/24'] })
  namespaces.link({ namespace: clientNat, device: 'outside', addresses: ['45.45.45.1/24'] }, { namespace: serverNat, device: 'outside', addresses: ['45.45.45.2/24'] })
  namespaces.link({ namespace: server, device: 'eth0', addresses: ['10.0.2.2/24'] }, { namespace: serverNat, device: 'inside', addresses: ['10.0.2.1/24'] })
  namespaces.ip(client, 'route', 'add', 'default', 'via', '10.0.1.1')
  namespaces.ip(server, 'route', 'add', 'default', 'via', '10.0.2.1')
  namespaces.nft(clientNat, 'table ip nat { chain post { type nat hook postrouting priority srcnat; oifname "outside" masquerade random; }; }')
  namespaces.nft(serverNat, `table ip nat {
    chain pre { type nat hook prerouting priority dstnat; ip daddr 45.45.45.2 udp dport 40000 dnat to 10.0.2.2:${UDP_PORT}; ip daddr 45.45.45.2 dnat to 10.0.2.2; };
    chain post { type nat hook postrouting priority srcnat; ip saddr 10.0.2.2 snat to 45.45.45.2; };
  }`)
  return { server: { namespace: server, host: '10.0.2.2' }, client: { namespace: client, bindAddress: '10.0.1.2', url: `http://45.45.45.2:${PORT}` } }
}

function inUniqueLocalNetworks (t: Test): Path {
  const namespaces = new Namespaces(t)
  const [client, server, router] = [namespaces.add('client'), namespaces.add('server'), namespaces.addRouter('router')]
  namespaces.link({ namespace: client, device: 'eth0', addresses: ['fd00:1::2/64'] }, { namespace: router, device: 'one', addresses: ['fd00:1::1/64'] })
  namespaces.link({ namespace: server, device: 'eth0', addresses: ['fd00:2::2/64'] }, { namespace: router, device: 'other', addresses: ['fd00:2::1/64'] })
  namespaces.ip(client, 'route', 'add', 'default', 'via', 'fd00:1::1')
  namespaces.ip(server, 'route', 'add', 'default', 'via', 'fd00:2::1')
  return { server: { namespace: server, host: '::' }, client: { namespace: client, bindAddress: 'fd00:1::2', url: `http://[fd00:2::2]:${PORT}` } }
}

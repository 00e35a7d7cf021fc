import { Namespaces } from '../test/helpers/namespaces.js'
import { startChild } from '../test/helpers/child.js'
import type { Relayed } from './slow-path-relay.js'

export interface SlowPathOptions {
  /** From one end to the other and back, in milliseconds. */
  roundTrip: number
  /** Of a hundred packets each way, at random. */
  loss: number
}

/** Two network namespaces with a slow path between them, and nothing else. */
export interface SlowPath {
  client: string
  server: string
  serverAddress: string
  /** The packets since it was last asked. */
  packets (): Promise<Relayed[]>
  close (): Promise<void>
}

const SERVER = '10.99.0.1'
const CLIENT = '10.99.0.2'
const TUNNELS = '10.99.1.1'
const RELAY = '10.99.1.2'

/** What fits into a tunnel. */
const MTU = 1400

/** The port that each end's tunnel has, and the one at the relay that it sends to. */
const PORTS = { client: { tunnel: 4789, relay: 5001 }, server: { tunnel: 4790, relay: 5002 } }

/**
 * Made of what every kernel has, netem is not part of it: each end is a VXLAN device, whose packets, of whatever protocol, go to
 * the other one over a relay in user space (slow-path-relay.ts). A device that has moved into another namespace keeps its
 * tunnel in the one where it was made, so that the ends have no other network.
 */
export async function openSlowPath ({ roundTrip, loss }: SlowPathOptions): Promise<SlowPath> {
  const teardowns: (() => unknown)[] = []
  const namespaces = new Namespaces({ teardown: teardown => { teardowns.unshift(teardown) } })
  const [client, server, tunnels, relay] = (['client', 'server', 'tunnels', 'relay'] as const).map(name => namespaces.add(name)) as [string, string, string, string]
  namespaces.link({ namespace: tunnels, device: 'toRelay', addresses: [`${TUNNELS}/24`] }, { namespace: relay, device: 'toTunnels', addresses: [`${RELAY}/24`] })
  for (const [namespace, device, address, ports] of [[client, 'client', CLIENT, PORTS.client], [server, 'server', SERVER, PORTS.server]] as const) {
    namespaces.ip(tunnels, 'link', 'add', device, 'type', 'vxlan', 'id', '1', 'dstport', String(ports.tunnel), 'local', TUNNELS, 'nolearning')
    namespaces.bridge(tunnels, 'fdb', 'append', '00:00:00:00:00:00', 'dev', device, 'dst', RELAY, 'port', String(ports.relay))
    namespaces.ip(tunnels, 'link', 'set', device, 'netns', namespace)
    namespaces.ip(namespace, 'addr', 'add', `${address}/24`, 'dev', device)
    // An address of IPv6 that is there a second later would be another network to the browser.
    namespaces.ip(namespace, 'link', 'set', device, 'mtu', String(MTU), 'addrgenmode', 'none', 'up')
  }
  const child = startChild(new URL('slow-path-relay.ts', import.meta.url), {
    namespace: relay,
    args: [JSON.stringify({ address: TUNNELS, ends: Object.values(PORTS), delay: roundTrip / 2, loss })],
    deadline: 3_600_000
  })
  await child.line()
  return {
    client,
    server,
    serverAddress: SERVER,
    async packets () {
      child.write('packets')
      return JSON.parse(await child.line())
    },
    async close () {
      child.process.stdin!.end()
      await child.ended
      for (const teardown of teardowns) teardown()
    }
  }
}

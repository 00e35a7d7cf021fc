import Fastify from 'fastify'
import t from 'tap'
import signaling, { ConnectionManager, type ConnectionManagerOptions, type SignalingHooks } from '../../plugin/index.js'
import { runChild } from '../helpers/child.js'
import { description } from '../helpers/descriptions.js'
import { replacePeerConnection } from '../helpers/peers.js'
import { createServer } from '../helpers/server.js'
import { freePort, takePort } from '../helpers/udp-port.js'

const PEER_FAILED = { statusCode: 500, code: 'FST_WEBRTC_PEER_FAILED', error: 'Internal Server Error', message: 'The server could not make a peer' }
const NO_SOCKET = { statusCode: 503, code: 'FST_WEBRTC_NO_SOCKET', error: 'Service Unavailable', message: 'The server has no UDP port for another peer' }

const channel: SignalingHooks['beforeOffer'] = peerConnection => peerConnection.createDataChannel('a')
const PREPARED = { beforeOffer: channel, beforeAnswer: channel }

t.test('POST /connections without a file descriptor left -> 503 in both directions, other connections stay, and 201 when there is room again', async t => {
  const { exitCode, signal, stdout, stderr } = await runChild(new URL('file-descriptors.ts', import.meta.url), { maxFiles: 400 })
  t.equal(exitCode, 0, signal ?? stderr)
  const { created, size, refused, after, errors } = JSON.parse(stdout)
  t.ok(created > 0 && created < 400, `${created} connections`)
  t.equal(size, created)
  t.strictSame(refused.map(({ offers }: { offers: boolean }) => offers).sort(), [false, false, true, true])
  for (const { statusCode, code } of refused) t.strictSame({ statusCode, code }, { statusCode: 503, code: 'FST_WEBRTC_NO_SOCKET' })
  t.strictSame(after, [201, 201])
  t.match(errors.join(), /^peer: expected a UDP socket, found none: .* or no file descriptor is left: .*Failed to gather local ICE candidates/)
})

t.test('registration with a port that is taken, or with an address that this host has not -> fails with a sentence that names the option', async t => {
  const port = await takePort(t)
  const cases: [ConnectionManagerOptions, string][] = [
    [{ bindAddress: '127.0.0.1', portRange: { begin: port, end: port } }, `portRange: expected a UDP port from ${port} to ${port} that is free, found none: EADDRINUSE`],
    [{ bindAddress: '127.0.0.1', udpPort: port }, `udpPort: expected a UDP port that is free, found ${port}: EADDRINUSE`],
    [{ bindAddress: '203.0.113.1' }, 'bindAddress: expected an address of this host, found 203.0.113.1: EADDRNOTAVAIL']
  ]
  for (const [options, problem] of cases) {
    for (const registered of [options, { connections: new ConnectionManager(options) }]) {
      const app = Fastify()
      app.register(signaling, registered)
      await t.rejects(async () => { await app.ready() }, { code: 'FST_WEBRTC_INVALID_OPTION', message: `Invalid option ${problem}` })
      await app.close()
    }
  }
})

t.test('registrations that share a UDP port -> start, also while peers use it', async t => {
  const port = await freePort()
  const first = await createServer(t, { udpPort: port })
  await first.createConnection()
  const second = await createServer(t, { udpPort: port })
  t.ok(await second.createConnection())
})

t.test('POST /connections when the ports are gone -> 503 in both directions without their option, which the log names, and nothing is left', async t => {
  const cases: Record<string, (port: number) => ConnectionManagerOptions> = {
    portRange: port => ({ portRange: { begin: port, end: port } }),
    udpPort: udpPort => ({ udpPort })
  }
  for (const [name, configure] of Object.entries(cases)) {
    const port = await freePort()
    const server = await createServer(t, { ...configure(port), ...PREPARED })
    await takePort(t, port)
    for (const remoteDescription of [undefined, description('chromium-offer')]) {
      const { json, headers } = await server.request('POST', '/connections', remoteDescription && { remoteDescription })
      t.strictSame(json, NO_SOCKET, name)
      t.equal(headers['retry-after'], '1')
      t.equal(server.connections.size, 0)
    }
    t.match(server.errors()[0], new RegExp(`^peer: expected a UDP socket, found none: ${name} ${port} `))
  }
})

t.test('createConnection of a manager whose address this host has not -> NoSocket', async t => {
  const connections = new ConnectionManager({ bindAddress: '203.0.113.1' })
  t.teardown(() => connections.close())
  const errors: unknown[] = []
  await t.rejects(connections.createConnection({ log: { error: ({ err }: { err?: Error }) => errors.push(err?.message), warn () {} } }), { code: 'FST_WEBRTC_NO_SOCKET' })
  t.strictSame(errors, ['expected a UDP socket, found none: bindAddress 203.0.113.1 is no address of this host, or no file descriptor is left'])
})

t.test('POST /connections when the native side fails for another reason -> 500', async t => {
  replacePeerConnection(t, () => class { constructor () { throw new Error('of the native side') } })
  const server = await createServer(t)
  t.strictSame((await server.request('POST', '/connections')).json, PEER_FAILED)
  t.match(server.errors()[0], /^peer: of the native side$/)
})

t.test('POST /connections with one port for all, and with a range -> the ports of the candidates', async t => {
  const port = await freePort()
  const server = await createServer(t, { udpPort: port })
  const ports = []
  for (const offer of [undefined, description('chromium-offer')]) {
    const { localDescription } = await server.createConnection(offer)
    ports.push(...[...localDescription!.sdp.matchAll(/^a=candidate:\S+ 1 UDP \d+ 127\.0\.0\.1 (\d+) typ host/gm)].map(([, port]) => Number(port)))
  }
  t.strictSame(ports, [port, port])
})

t.test('POST /connections with advertise -> its address and port in the description, never the local ones', async t => {
  for (const advertise of ['203.0.113.9', { address: '203.0.113.9', port: 5000 }]) {
    const server = await createServer(t, { advertise })
    const { id, localDescription } = await server.createConnection()
    t.match(localDescription!.sdp, typeof advertise === 'string' ? /^a=candidate:.* 203\.0\.113\.9 \d+ typ host\r$/m : /^a=candidate:.* 203\.0\.113\.9 5000 typ host\r$/m)
    t.notMatch(localDescription!.sdp.replace(/^o=.*$/m, ''), '127.0.0.1')
    t.strictSame((await server.request('GET', `/connections/${id}/local-description`)).json, localDescription)
  }
})

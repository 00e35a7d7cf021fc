import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import t from 'tap'
import { runChild } from '../helpers/child.js'
import { description } from '../helpers/descriptions.js'
import { createServer, type TestServerOptions } from '../helpers/server.js'

const PEER_FAILED = { statusCode: 500, code: 'FST_WEBRTC_PEER_FAILED', error: 'Internal Server Error', message: 'The server could not make a peer' }

t.test('POST /connections without a file descriptor left -> 500 in both directions, other connections stay, and 201 when there is room again', async t => {
  const { exitCode, signal, stdout, stderr } = await runChild(new URL('file-descriptors.ts', import.meta.url), { maxFiles: 400 })
  t.equal(exitCode, 0, signal ?? stderr)
  const { created, size, refused, after, errors } = JSON.parse(stdout)
  t.ok(created > 0 && created < 400, `${created} connections`)
  t.equal(size, created)
  t.strictSame(refused.map(({ offers }: { offers: boolean }) => offers).sort(), [false, false, true, true])
  for (const { statusCode, code } of refused) t.strictSame({ statusCode, code }, { statusCode: 500, code: 'FST_WEBRTC_PEER_FAILED' })
  t.strictSame(after, [201, 201])
  t.match(errors.join(), /^peer: .*Failed to gather local ICE candidates/)
})

t.test('POST /connections without a port left, or with an address that this host has not -> 500 in both directions, and nothing is left', async t => {
  const taken = createSocket('udp4').bind(0, '127.0.0.1')
  t.teardown(() => { taken.close() })
  await once(taken, 'listening')
  const { port } = taken.address()
  const cases: Record<string, TestServerOptions> = {
    portRange: { portRange: { begin: port, end: port } },
    udpPort: { udpPort: port },
    bindAddress: { bindAddress: '203.0.113.1' }
  }
  for (const [name, options] of Object.entries(cases)) {
    const server = await createServer(t, { ...options, beforeOffer: peerConnection => peerConnection.createDataChannel('a'), beforeAnswer: peerConnection => peerConnection.createDataChannel('a') })
    for (const remoteDescription of [undefined, description('chromium-offer')]) {
      const { json } = await server.request('POST', '/connections', remoteDescription && { remoteDescription })
      t.strictSame(json, PEER_FAILED, name)
      t.equal(server.connections.size, 0)
    }
    t.match(server.errors()[0], /^peer: .*Failed to gather local ICE candidates$/)
  }
})

t.test('POST /connections with one port for all, and with a range -> the ports of the candidates', async t => {
  const free = createSocket('udp4').bind(0, '127.0.0.1')
  await once(free, 'listening')
  const { port } = free.address()
  await new Promise<void>(resolve => free.close(resolve))

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

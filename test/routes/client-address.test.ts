import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import Fastify, { type FastifyServerOptions } from 'fastify'
import t from 'tap'
import { clientAddress } from '../../plugin/routes/client-address.js'
import { description } from '../helpers/descriptions.js'
import { createServer } from '../helpers/server.js'

const LOOPBACK = '127.0.0.1'
const PROXIED = { 'x-forwarded-for': '203.0.113.7' }

const CASES: Record<string, [trustProxy: FastifyServerOptions['trustProxy'], headers: Record<string, string>, expected: string | undefined]> = {
  'no proxy': [false, {}, LOOPBACK],
  'no proxy, trustProxy on': [true, {}, LOOPBACK],
  'a proxy that nobody vouches for': [false, PROXIED, undefined],
  'Forwarded from a proxy that nobody vouches for': [false, { forwarded: 'for=203.0.113.7' }, undefined],
  'Via from a proxy that nobody vouches for': [false, { via: '1.1 proxy' }, undefined],
  'X-Real-IP from a proxy that nobody vouches for': [false, { 'x-real-ip': '203.0.113.7' }, undefined],
  'X-Forwarded-Proto from a proxy that nobody vouches for': [false, { 'x-forwarded-proto': 'https' }, undefined],
  'X-Forwarded-Host from a proxy that nobody vouches for': [false, { 'x-forwarded-host': 'example.com' }, undefined],
  'an empty X-Forwarded-For': [false, { 'x-forwarded-for': '' }, undefined],
  'a trusted proxy': [true, PROXIED, '203.0.113.7'],
  'a trusted proxy, IPv6': [true, { 'x-forwarded-for': '2001:db8::7' }, '2001:db8::7'],
  'a trusted proxy that says so itself': [true, { 'x-forwarded-for': LOOPBACK }, undefined],
  'a trusted proxy without X-Forwarded-For': [true, { via: '1.1 proxy' }, undefined],
  'a trusted proxy behind another': ['127.0.0.0/8', { 'x-forwarded-for': '10.0.0.1, 203.0.113.7' }, '203.0.113.7'],
  'a proxy that is not the trusted one': ['10.0.0.0/8', PROXIED, undefined],
  'a function that trusts nobody': [() => false, PROXIED, undefined]
}

for (const [name, [trustProxy, headers, expected]] of Object.entries(CASES)) {
  t.test(`clientAddress -> ${name} -> ${expected}`, async t => {
    const app = Fastify({ trustProxy })
    t.teardown(() => app.close())
    app.get('/', async request => ({ address: clientAddress(request) }))
    const { json } = await app.inject({ url: '/', headers, remoteAddress: LOOPBACK })
    t.equal(json().address, expected)
  })
}

t.test('clientAddress -> a server on a Unix socket -> unknown, but for what a trusted proxy says', async t => {
  for (const [trustProxy, headers, expected] of [[false, {}, undefined], [false, PROXIED, undefined], [true, {}, undefined], [true, PROXIED, '203.0.113.7']] as const) {
    const app = Fastify({ trustProxy })
    t.teardown(() => app.close())
    app.get('/', async request => ({ address: clientAddress(request) }))
    const socketPath = join(tmpdir(), `fastify-webrtc-${process.pid}-${randomUUID()}.sock`)
    await app.listen({ path: socketPath })
    const [response] = await once(request({ socketPath, path: '/', headers }).end(), 'response')
    t.equal((await json(response) as { address?: string }).address, expected)
  }
})

t.test('clientAddress -> headers that come twice from a proxy that nobody vouches for -> unknown; from a trusted one the last of all', async t => {
  for (const [trustProxy, expected] of [[false, undefined], ['127.0.0.0/8', '203.0.113.8']] as const) {
    const app = Fastify({ trustProxy })
    t.teardown(() => app.close())
    app.get('/', async request => ({ address: clientAddress(request) }))
    await app.listen({ host: LOOPBACK, port: 0 })
    const { port } = app.server.address() as AddressInfo
    const [response] = await once(request({ host: LOOPBACK, port, headers: { 'x-forwarded-for': [LOOPBACK, '203.0.113.8'], via: ['1.1 a', '1.1 b'] } }).end(), 'response')
    t.equal((await json(response) as { address?: string }).address, expected)
  }
})

for (const garbage of ['unknown', '_hidden', 'for=1.2.3.4', '1.2.3.4:80', '[::1]', '::1%lo', 'a.local', '127.1', '0x7f.1', ',', ' ', '%s', '"', 'é', 'x'.repeat(1000)]) {
  t.test(`POST /connections with X-Forwarded-For: ${garbage.slice(0, 20)} from a trusted proxy -> 201, no private address is checked`, async t => {
    const server = await createServer(t, { fastify: { trustProxy: true } })
    const { statusCode, body } = await server.request('POST', '/connections', undefined, {
      body: { remoteDescription: description('chromium-offer') },
      headers: { 'x-forwarded-for': garbage }
    })
    t.equal(statusCode, 201)
    t.notMatch(JSON.parse(body).remoteDescription.sdp, 'a=candidate')
  })
}

t.test('POST /connections through a proxy that trustProxy does not name, twice -> one warning; through one that it names -> none', async t => {
  for (const [trustProxy, warnings] of [[false, 1], [true, 0]] as const) {
    const server = await createServer(t, { fastify: { trustProxy } })
    for (let index = 0; index < 2; index++) await server.request('POST', '/connections', undefined, { headers: PROXIED })
    t.equal(server.log.filter(({ msg }) => msg.startsWith('A request has a forwarding header, but trustProxy does not name who sent it')).length, warnings)
  }
})

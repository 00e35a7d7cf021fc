import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import fastifyCors, { type FastifyCorsOptions } from '@fastify/cors'
import t, { type Test } from 'tap'
import { launchChromium } from '../helpers/chromium.js'
import { within } from '../helpers/deadline.js'
import { description } from '../helpers/descriptions.js'
import { listen } from '../helpers/http-client.js'
import { createServer, type TestServer } from '../helpers/server.js'

const ORIGIN = 'https://page.example'
const HOST = 'server.example'
/** What a browser sends for a page of another origin. */
const CROSS_ORIGIN = { host: HOST, origin: ORIGIN, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', cookie: 'session=1' }
const HOOK_MUST_NOT_RUN = { beforeOffer: () => { throw new Error('expected no hook to run') }, identify: () => { throw new Error('expected nobody to be asked') } }

/** A server that lets in the origins that @fastify/cors is told of. */
function withCors (t: Test, options?: FastifyCorsOptions): Promise<TestServer> {
  return createServer(t, { host: app => options && app.register(fastifyCors, options) })
}

t.test('POST as a form or a page of another origin can send it without asking -> 415 or 403, no hook runs, no peer', async t => {
  const server = await createServer(t, HOOK_MUST_NOT_RUN)
  const client = await listen(t, server.app)
  const { id } = await server.connections.createConnection()
  const offer = JSON.stringify({ remoteDescription: description('chromium-offer') })
  for (const [type, body] of [['text/plain', offer], ['text/plain', ''], ['text/plain;charset=UTF-8', offer], ['application/x-www-form-urlencoded', 'a=b'], ['application/x-www-form-urlencoded', ''], ['multipart/form-data; boundary=x', '--x--\r\n']] as const) {
    for (const path of ['/connections', `/connections/${id}/remote-description`]) {
      t.equal((await client.request('POST', path, { body, headers: { ...CROSS_ORIGIN, 'content-type': type } })).statusCode, 415, `${path} with ${type}`)
    }
  }
  t.equal((await client.request('POST', '/connections', { body: offer, headers: CROSS_ORIGIN })).statusCode, 415, 'without a type')
  const { statusCode, body } = await client.request('POST', '/connections', { headers: CROSS_ORIGIN })
  t.equal(statusCode, 403)
  t.match(JSON.parse(body), { code: 'FST_WEBRTC_CROSS_ORIGIN' })
  t.equal(server.connections.size, 1)
})

/** Who asks, by the headers that a browser sends with it, and what comes of a POST without a body. */
const ASKERS: Record<string, [status: number, headers: Record<string, string>]> = {
  'a page of the same origin': [201, { 'sec-fetch-site': 'same-origin', origin: `https://${HOST}` }],
  'a page of the same origin, behind a proxy that changes the host': [201, { 'sec-fetch-site': 'same-origin', origin: 'https://public.example' }],
  'a page of the same origin, where the server is not trustworthy to the browser': [201, { origin: `http://${HOST}` }],
  'a user': [201, { 'sec-fetch-site': 'none' }],
  'no browser': [201, {}],
  'a page of the same site': [403, { 'sec-fetch-site': 'same-site', origin: 'https://other.server.example' }],
  'a page of another site': [403, CROSS_ORIGIN],
  'a page of another site that hides its origin': [403, { 'sec-fetch-site': 'cross-site', origin: 'null' }],
  'a browser that sends no origin': [403, { 'sec-fetch-site': 'cross-site' }],
  'an old browser, from another site': [403, { origin: ORIGIN }],
  'an old browser, from another port': [403, { origin: `http://${HOST}:8080` }],
  'an old browser, from a sandbox': [403, { origin: 'null' }]
}

for (const [name, [status, headers]] of Object.entries(ASKERS)) {
  t.test(`POST /connections without a body by ${name} -> ${status}`, async t => {
    const server = await createServer(t)
    t.equal((await server.request('POST', '/connections', undefined, { headers: { host: HOST, ...headers } })).statusCode, status)
    t.equal(server.connections.size, status === 201 ? 1 : 0)
  })
}

t.test('POST /connections with JSON by a page of another origin -> 201: the browser has asked, and somebody has let it', async t => {
  const server = await createServer(t)
  const headers = { ...CROSS_ORIGIN, 'content-type': 'application/json' }
  for (const body of ['{}', '', JSON.stringify({ remoteDescription: description('chromium-offer') })]) {
    t.equal((await server.request('POST', '/connections', undefined, { body, headers })).statusCode, 201)
  }
})

/** What @fastify/cors is told, and whether it lets the page's origin in. */
const CORS: [options: FastifyCorsOptions | undefined, status: number][] = [
  [undefined, 403],
  [{ origin: ORIGIN }, 201],
  [{ origin: [ORIGIN, 'https://another.example'] }, 201],
  [{ origin: /\.example$/ }, 201],
  [{ origin: true }, 201],
  [{ origin: '*' }, 201],
  [{ origin: ORIGIN, hook: 'preHandler' }, 201],
  [{ origin: 'https://another.example' }, 403],
  [{ origin: ['https://another.example'] }, 403],
  [{ origin: false }, 403]
]

for (const [options, status] of CORS) {
  t.test(`POST /connections without a body by a page of another origin, with @fastify/cors ${options ? `and origin ${options.origin}` : 'not there'} -> ${status}`, async t => {
    const server = await withCors(t, options)
    t.equal((await server.request('POST', '/connections', undefined, { headers: CROSS_ORIGIN })).statusCode, status)
  })
}

t.test('@fastify/cors that is registered after the plugin -> lets in what it lets in', async t => {
  const server = await createServer(t, { host: app => app.after(() => app.register(fastifyCors, { origin: ORIGIN })) })
  t.equal((await server.request('POST', '/connections', undefined, { headers: CROSS_ORIGIN })).statusCode, 201)
})

t.test('@fastify/cors, a preflight for each operation, and a refusal -> what the page may do, and read', async t => {
  const { app } = await createServer(t, { maxPendingConnections: 1, host: app => app.register(fastifyCors, { origin: ORIGIN, methods: ['GET', 'POST', 'DELETE'], exposedHeaders: ['retry-after'] }) })
  for (const [method, url] of [['POST', '/connections'], ['DELETE', '/connections/1'], ['POST', '/connections/1/remote-description']] as const) {
    const preflight = await app.inject({ method: 'OPTIONS', url, headers: { origin: ORIGIN, 'access-control-request-method': method, 'access-control-request-headers': 'content-type,authorization' } })
    t.equal(preflight.statusCode, 204)
    t.match(preflight.headers, { 'access-control-allow-origin': ORIGIN, 'access-control-allow-methods': 'GET, POST, DELETE', 'access-control-allow-headers': 'content-type,authorization' })
  }
  const ask = () => app.inject({ method: 'POST', url: '/connections', headers: CROSS_ORIGIN })
  t.equal((await ask()).statusCode, 201)
  const full = await ask()
  t.equal(full.statusCode, 503)
  t.match(full.headers, { 'access-control-allow-origin': ORIGIN, 'access-control-expose-headers': 'retry-after', 'retry-after': /^\d+$/ })
})

t.test('a page of another origin in Chromium that tries everything -> no connection, until @fastify/cors lets it', async t => {
  const page = createHttpServer((_request, response) => response.setHeader('content-type', 'text/html').end('<!doctype html><iframe name="frame"></iframe>')).listen(0, '127.0.0.1')
  t.teardown(() => {
    page.closeAllConnections()
    page.close()
  })
  await once(page, 'listening')
  const origin = `http://127.0.0.1:${(page.address() as AddressInfo).port}`
  const browser = await launchChromium(t)
  const tab = await browser.newPage()
  await tab.goto(origin)

  const attack = async (server: TestServer) => {
    const asked: string[] = []
    server.app.server.on('request', ({ method, headers }) => { asked.push(`${method} ${headers['sec-fetch-site']}`) })
    const { port } = await listen(t, server.app)
    const url = `http://localhost:${port}/connections`
    const fetched = await within(tab.evaluate(async url => {
      const tried = ['text/plain', 'application/x-www-form-urlencoded', undefined].flatMap(type => (['no-cors', 'cors'] as const).map(mode => fetch(url, { method: 'POST', mode, credentials: 'include', headers: type ? { 'content-type': type } : {} })))
      tried.push(fetch(url, { method: 'POST', mode: 'no-cors', body: new FormData() }), fetch(url, { method: 'POST', mode: 'no-cors', body: new Blob(['{}']) }))
      navigator.sendBeacon(url)
      const form = document.createElement('form')
      Object.assign(form, { action: url, method: 'post', target: 'frame' })
      document.body.append(form)
      const loaded = new Promise(resolve => document.querySelector('iframe')!.addEventListener('load', resolve, { once: true }))
      form.submit()
      await loaded
      return (await Promise.allSettled(tried)).map(result => result.status === 'fulfilled' ? result.value.status : 'refused')
    }, url), 'the page to try everything', 15_000)
    return { fetched, asked }
  }

  const server = await createServer(t)
  const { fetched, asked } = await attack(server)
  t.ok(asked.length >= 9, `${asked}`)
  t.ok(asked.every(request => request.endsWith('cross-site')), `${asked}`)
  t.strictSame([...new Set(fetched)], [0, 'refused'], 'the page can read nothing')
  t.equal(server.connections.size, 0)

  const lenient = await withCors(t, { origin, credentials: true })
  t.ok((await attack(lenient)).fetched.includes(201))
  t.ok(lenient.connections.size > 0)
  // Before the servers, which wait for its sockets.
  await browser.close()
})

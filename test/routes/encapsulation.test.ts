import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import t, { type Test } from 'tap'
import signaling, { WebRtcErrorSchema } from '../../plugin/index.js'
import { description } from '../helpers/descriptions.js'
import { createServer } from '../helpers/server.js'

const OWN_SCHEMA = { $id: 'WebRtcError', type: 'object', properties: { own: { type: 'string' } } }

/** What a host may have chosen for its own routes. */
const HOSTS: Record<string, { fastify?: FastifyServerOptions, prepare?: (app: FastifyInstance) => unknown }> = {
  'nothing of its own': {},
  'coerceTypes, removeAdditional and useDefaults': { fastify: { ajv: { customOptions: { coerceTypes: 'array', removeAdditional: 'all', useDefaults: true } } } },
  'compilers that take no JSON Schema, as with zod': {
    prepare (app) {
      app.setValidatorCompiler(({ schema }) => (schema as { parse: () => { value: unknown } }).parse)
      app.setSerializerCompiler(({ schema }) => (schema as { print: () => string }).print)
    }
  },
  'a schema controller': {
    fastify: { schemaController: { compilersFactory: { buildValidator: () => () => () => { throw new Error('of the host') }, buildSerializer: () => () => () => { throw new Error('of the host') } } } }
  },
  'a schema of the same name': { prepare: app => app.addSchema(OWN_SCHEMA) },
  'a parser for everything': { prepare: app => app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body)) },
  'a parser of JSON of its own': {
    prepare (app) {
      app.removeContentTypeParser('application/json')
      app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, _body, done) => done(null, { parsed: 'by the host' }))
    }
  },
  'lenient JSON': { fastify: { onProtoPoisoning: 'ignore', onConstructorPoisoning: 'ignore' } },
  'a larger and a smaller limit for bodies': { fastify: { bodyLimit: 1024 * 1024 } },
  'a small limit for bodies': { fastify: { bodyLimit: 10 } },
  'an error handler': { prepare: app => app.setErrorHandler((_error, _request, reply) => reply.code(418).send('of the host')) },
  'decorators of the same names': {
    prepare (app) {
      for (const name of ['connections', 'webRtc', 'operation']) app.decorate(name, 1).decorateRequest(name, null as never).decorateReply(name, null as never)
    }
  }
}

for (const [name, { fastify, prepare }] of Object.entries(HOSTS)) {
  t.test(`a host with ${name} -> the operations are what they are everywhere`, async t => {
    const server = await createServer(t, { fastify, host: prepare })
    const { id, localDescription } = await server.createConnection()
    t.equal(localDescription?.type, 'offer')
    t.equal((await server.createConnection(description('firefox-offer'))).localDescription?.type, 'answer')
    t.equal((await server.setRemoteDescription(id, description('chromium-answer').sdp)).statusCode, 200)

    const invalid = { remoteDescription: { ...description('chromium-offer'), another: 1 } }
    t.equal((await server.request('POST', '/connections', invalid)).statusCode, 400, 'nothing is dropped')
    t.equal((await server.request('POST', '/connections', { remoteDescription: { type: ['offer'], sdp: 1 } })).statusCode, 400, 'nothing is coerced')
    t.equal((await server.request('POST', '/connections', undefined, { body: '{"__proto__":{}}', headers: { 'content-type': 'application/json' } })).statusCode, 400)
    t.equal((await server.request('POST', '/connections', undefined, { body: '{}', headers: { 'content-type': 'text/plain' } })).statusCode, 415)
    t.equal((await server.request('POST', '/connections', { filler: 'x'.repeat(32768) })).statusCode, 413)
    t.equal((await server.request('GET', '/connections/unknown')).statusCode, 404)
    t.equal((await server.app.inject('/openapi.json')).json().info.title, 'fastify-webrtc')
  })
}

/** Everything that a plugin could leave in the scope that registers it. */
async function traces (t: Test, register: boolean) {
  const app = Fastify()
  t.teardown(() => app.close())
  const routes: string[] = []
  app.addHook('onRoute', ({ method, url }) => { routes.push(`${method} ${url}`) })
  if (register) app.register(signaling, { prefix: '/a', bindAddress: '127.0.0.1' })
  app.after(() => {
    app.get('/throws', () => { throw Object.assign(new Error('of the host'), { statusCode: 409, extra: 1 }) })
    app.post('/body', { schema: { body: { type: 'object', additionalProperties: false, properties: { number: { type: 'integer' } } } } }, async request => request.body as object)
    app.get('/schema', { schema: { response: { 200: { type: 'object', properties: { kept: { type: 'integer' } } } } } }, async () => ({ kept: '1', dropped: 2 }))
  })
  await app.ready()
  const ask = async (options: object) => {
    const { statusCode, body, headers: { date: _, ...headers } } = await app.inject(options)
    return { statusCode, body, headers }
  }
  return {
    answers: [
      await ask({ url: '/throws' }),
      await ask({ method: 'POST', url: '/body', body: { number: '1', dropped: 2 } }),
      await ask({ method: 'POST', url: '/body', body: 'text', headers: { 'content-type': 'text/plain' } }),
      await ask({ method: 'POST', url: '/body', body: '', headers: { 'content-type': 'application/json' } }),
      await ask({ method: 'POST', url: '/body', body: JSON.stringify({ filler: 'x'.repeat(100_000) }), headers: { 'content-type': 'application/json' } }),
      await ask({ url: '/schema' }),
      await ask({ url: '/nowhere' })
    ],
    schemas: app.getSchemas(),
    decorators: ['swagger', 'webRtcDocument', 'connections', 'signaling'].filter(name => app.hasDecorator(name) || app.hasRequestDecorator(name) || app.hasReplyDecorator(name)),
    parsers: ['application/json', 'text/plain', 'application/sdp'].map(type => app.hasContentTypeParser(type)),
    properties: Object.getOwnPropertyNames(app).sort(),
    routes: routes.filter(route => !route.includes('/a/'))
  }
}

t.test('register -> nothing in the scope of the host', async t => {
  t.strictSame(await traces(t, true), await traces(t, false))
})

t.test('a schema of the host with the name of one of ours, added before or after -> both are kept', async t => {
  for (const before of [true, false]) {
    const app = Fastify()
    t.teardown(() => app.close())
    if (before) app.addSchema(OWN_SCHEMA)
    app.register(signaling, { prefix: '/a', bindAddress: '127.0.0.1' })
    if (!before) app.after(() => { app.addSchema(OWN_SCHEMA) })
    app.after(() => { app.get('/own', { schema: { response: { 200: { $ref: 'WebRtcError#' } } } }, async () => ({ own: 'yes', code: 'no' })) })
    t.equal((await app.inject('/own')).body, '{"own":"yes"}')
    t.match((await app.inject('/a/connections/unknown')).json(), { statusCode: 404, code: 'FST_WEBRTC_CONNECTION_NOT_FOUND' })
    t.strictSame(Object.keys(app.getSchemas()), ['WebRtcError'])
  }
})

t.test('a hook of the host that looks up the schemas of a scope -> finds ours in our scope', async t => {
  const found = new Set<unknown>()
  const server = await createServer(t, {
    host: app => app.addHook('onRoute', function ({ url }) {
      if (url === '/connections') found.add(this.getSchema('WebRtcError')).add(this.getSchema('of the host'))
    })
  })
  t.equal(server.app.getSchema('WebRtcError'), undefined)
  t.strictSame([...found], [WebRtcErrorSchema, undefined])
})

import fastifySwagger from '@fastify/swagger'
import Fastify, { type FastifyInstance, type FastifyPluginAsync } from 'fastify'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import signaling, { ConnectionManager, type WebRtcConnection } from '../../plugin/index.js'
import { openapi, type OpenApiDocument } from '../helpers/conformance.js'
import { lintDocuments, operationIds } from '../helpers/host-document.js'

const OPTIONS = { bindAddress: '127.0.0.1' }
const PREFIXES = ['/ping-pong', '/api/v1', '/rooms/:room']
const OPERATIONS = operationIds(openapi)

interface SwaggerDecorated { swagger (): OpenApiDocument }

const swagger: FastifyPluginAsync = async app => {
  await app.register(fastifySwagger, { openapi: { openapi: '3.1.0', info: { title: 'Host', version: '1' } }, refResolver: { buildLocalReference: json => String(json.$id) } })
}
Object.assign(swagger, { [Symbol.for('skip-override')]: true })

async function host (t: Test, prefixes: (string | undefined)[], prepare: (app: FastifyInstance, register: () => void) => void = (_app, register) => register()): Promise<FastifyInstance> {
  const app = Fastify()
  t.teardown(() => app.close())
  prepare(app, () => { for (const prefix of prefixes) app.register(signaling, { ...OPTIONS, prefix }) })
  await app.ready()
  return app
}

const hostDocument = (app: FastifyInstance) => (app as unknown as SwaggerDecorated).swagger()

t.test('register three times with swagger before -> one valid document of the host, each operation once, a tag for each', async t => {
  const app = await host(t, PREFIXES, (app, register) => {
    app.register(swagger)
    register()
  })
  const document = hostDocument(app)
  const ids = operationIds(document)
  t.equal(ids.length, 3 * OPERATIONS.length)
  t.equal(new Set(ids).size, ids.length)
  for (const name of ['pingPongCreateConnection', 'apiV1GetConnection', 'roomsRoomSetRemoteDescription']) t.ok(ids.includes(name), name)
  t.strictSame(Object.keys(document.components.schemas).sort(), Object.keys(openapi.components.schemas).sort())
  t.strictSame(document.components.schemas.WebRtcError, openapi.components.schemas.WebRtcError)
  const tags = new Set(Object.values(document.paths).flatMap(methods => Object.values(methods).flatMap(operation => (operation as unknown as { tags: string[] }).tags)))
  t.strictSame([...tags], ['ping-pong', 'api/v1', 'rooms/:room'])
  t.strictSame(Object.keys(document.paths).filter(path => path.includes('openapi')), [], 'the documents of the registrations are hidden')
  await lintDocuments(t, { host: document })
})

t.test('register with swagger after, or without it -> works, and the host has a document of its own', async t => {
  for (const registerSwagger of [(app: FastifyInstance) => { app.register(swagger) }, () => {}]) {
    const app = await host(t, PREFIXES, (app, register) => {
      register()
      registerSwagger(app)
    })
    t.equal((await app.inject({ method: 'POST', url: '/ping-pong/connections' })).statusCode, 201)
    t.equal(app.hasDecorator('swagger'), registerSwagger.length === 1)
    t.equal((await app.inject('/ping-pong/openapi.json')).json().info.title, 'fastify-webrtc')
    if (app.hasDecorator('swagger')) t.equal((hostDocument(app) as unknown as { info: { title: string } }).info.title, 'Host')
  }
})

t.test('openapi.json and openapi.yaml of every registration -> the paths and components of the committed document', async t => {
  for (const withSwagger of [true, false]) {
    const app = await host(t, [undefined, '/slash/', ...PREFIXES], (app, register) => {
      if (withSwagger) app.register(fastifySwagger)
      register()
    })
    for (const prefix of ['', '/slash', '/ping-pong', '/api/v1', '/rooms/7']) {
      const json = await app.inject(`${prefix}/openapi.json`)
      t.match(json.headers['content-type'], 'application/json')
      t.strictSame(json.json(), openapi)
      const yaml = await app.inject(`${prefix}/openapi.yaml`)
      t.equal(yaml.headers['content-type'], 'application/yaml; charset=utf-8')
      t.strictSame(parse(yaml.body), openapi)
    }
  }
})

t.test('the document of a registration -> valid', async t => {
  const app = await host(t, ['/ping-pong'])
  await lintDocuments(t, { registration: (await app.inject('/ping-pong/openapi.json')).json() })
})

t.test('register twice -> each has connections of its own', async t => {
  const app = await host(t, ['/a', '/b'])
  const { id } = (await app.inject({ method: 'POST', url: '/a/connections' })).json<WebRtcConnection>()
  t.equal((await app.inject(`/a/connections/${id}`)).statusCode, 200)
  t.equal((await app.inject(`/b/connections/${id}`)).statusCode, 404)
})

t.test('register twice with one manager of the host -> the connections of the host, which it sees, counts and closes', async t => {
  const connections = new ConnectionManager(OPTIONS)
  const app = await host(t, [], app => {
    app.register(signaling, { prefix: '/a', connections })
    app.register(signaling, { prefix: '/b', connections, listConnections: true })
  })
  const { id } = (await app.inject({ method: 'POST', url: '/a/connections' })).json<WebRtcConnection>()
  t.equal(connections.size, 1)
  t.strictSame(connections.getConnections().map(({ id }) => id), [id])
  t.strictSame((await app.inject('/b/connections')).json<WebRtcConnection[]>().map(({ id }) => id), [id])
  connections.getConnection(id)!.close()
  t.equal((await app.inject(`/a/connections/${id}`)).statusCode, 404)
  await app.close()
  await t.rejects(connections.createConnection(), { code: 'FST_WEBRTC_CLOSING' })
})

t.test('register twice with one prefix -> fails as any route would', async t => {
  const app = Fastify()
  app.register(signaling, { ...OPTIONS, prefix: '/a' })
  app.register(signaling, { ...OPTIONS, prefix: '/a' })
  await t.rejects(async () => { await app.ready() }, { code: 'FST_ERR_DUPLICATED_ROUTE' })
  await app.close()
})

t.test('hasPlugin -> fastify-webrtc', async t => {
  const app = await host(t, ['/a'])
  t.equal(app.hasPlugin('fastify-webrtc'), true)
})

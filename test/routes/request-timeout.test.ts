import { createServer as createHttpServer } from 'node:http'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import t from 'tap'
import { createDemo } from '../../examples/demo.js'
import signaling, { ConnectionManager } from '../../plugin/index.js'

const WARNING = 'Slow requests stay open for ever: set requestTimeout when you create the Fastify server, for instance to 10000 ms'

const SERVERS: Record<string, { create: (options: Pick<FastifyServerOptions, 'logger'>) => FastifyInstance, warnings: number }> = {
  'Fastify as it is': { create: options => Fastify(options), warnings: 1 },
  'requestTimeout 10000': { create: options => Fastify({ ...options, requestTimeout: 10_000 }), warnings: 0 },
  'a server of the host with the default of Node': { create: options => Fastify({ ...options, serverFactory: handler => createHttpServer(handler) }), warnings: 0 },
  'a server of the host with requestTimeout 0': { create: options => Fastify({ ...options, serverFactory: handler => createHttpServer({ requestTimeout: 0 }, handler) }), warnings: 1 },
  'a server of the host with another requestTimeout than the option': { create: options => Fastify({ ...options, requestTimeout: 10_000, serverFactory: handler => Object.assign(createHttpServer(handler), { requestTimeout: 0 }) }), warnings: 1 },
  'HTTP/2, which has no such time': { create: ({ logger }) => Fastify({ logger, http2: true } as FastifyServerOptions), warnings: 0 }
}

for (const [name, { create, warnings }] of Object.entries(SERVERS)) {
  t.test(`register -> ${name}, two registrations -> ${warnings} warning`, async t => {
    const log: { level: number, msg: string }[] = []
    const app = create({ logger: { level: 'warn', stream: { write: (line: string) => { log.push(JSON.parse(line)) } } } })
    t.teardown(() => app.close())
    const connections = new ConnectionManager({ bindAddress: '127.0.0.1' })
    app.register(signaling, { prefix: '/a', connections })
    app.register(signaling, { prefix: '/b', connections })
    await app.ready()
    t.strictSame(log.map(({ level, msg }) => [level, msg]), Array(warnings).fill([40, WARNING]))
  })
}

t.test('register -> a requestTimeout that the host sets on the server afterwards -> no warning', async t => {
  const log: string[] = []
  const app = Fastify({ logger: { level: 'warn', stream: { write: line => { log.push(line) } } } })
  t.teardown(() => app.close())
  await app.register(signaling)
  app.server.requestTimeout = 10_000
  await app.ready()
  t.strictSame(log, [])
})

t.test('the demo -> no warning', async t => {
  const log: string[] = []
  const { app } = await createDemo({ logger: { level: 'warn', stream: { write: line => { log.push(line) } } } })
  t.teardown(() => app.close())
  await app.ready()
  t.strictSame(log, [])
})

import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyLoggerOptions, type FastifyRequest } from 'fastify'
import t, { type Test } from 'tap'
import signaling from '../../plugin/index.js'

const PATH = '/connections/abcdefgh-and-14-more/local-description'
const CUT = '/connections/abcdefgh…/local-description'
const OPTIONS = { bindAddress: '127.0.0.1' }

interface HostOptions {
  logger?: FastifyLoggerOptions & { redact?: string[] }
  routerOptions?: object
  register?: (app: FastifyInstance) => unknown
}

type Serializers = Record<string, (value: unknown) => unknown>

/** How a host that is set up so logs a request. */
async function logged (t: Test, { logger, routerOptions, register = app => app.register(signaling, OPTIONS) }: HostOptions = {}, url = `${PATH}?token=secret`): Promise<unknown> {
  const lines: { req?: unknown, msg: string }[] = []
  const app = Fastify({ routerOptions, logger: { level: 'trace', stream: { write: (line: string) => { lines.push(JSON.parse(line)) } }, ...logger } })
  t.teardown(() => app.close())
  await register(app)
  await app.inject({ url, headers: { 'user-agent': 'agent', 'accept-version': 'secret', host: 'secret' } })
  t.notMatch(JSON.stringify(lines), /secret|and-14-more/)
  return lines.find(({ msg }) => msg === 'incoming request')?.req
}

t.test("a host with Fastify's own serializer -> the path with 8 characters of the id, no query, no header", async t => {
  t.strictSame(await logged(t), { method: 'GET', url: CUT, remoteAddress: '127.0.0.1' })
})

t.test('an id in other spellings -> cut', async t => {
  const routerOptions = { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true, useSemicolonDelimiter: true }
  const urls = {
    [`${PATH}/`]: `${CUT}/`,
    [PATH.replaceAll('/', '//')]: CUT.replaceAll('/', '//'),
    [PATH.replace('abc', '%61bc')]: '/connections/%61bcdef…/local-description',
    [`${PATH};token=secret`]: CUT,
    '/connections/abcdefgh': '/connections/abcdefgh'
  }
  for (const [url, expected] of Object.entries(urls)) t.match(await logged(t, { routerOptions }, url), { url: expected })
})

t.test('a prefix that looks like an id, or has parameters -> as it is', async t => {
  const register = (app: FastifyInstance) => app.register(signaling, { ...OPTIONS, prefix: '/connections/of-the-application/rooms/:room' })
  t.match(await logged(t, { register }, `/connections/of-the-application/rooms/a-long-name${PATH}`), { url: `/connections/of-the-application/rooms/a-long-name${CUT}` })
})

t.test('the documents of a registration -> without the query', async t => {
  const lines: { req?: { url: string } }[] = []
  const app = Fastify({ logger: { stream: { write: (line: string) => { lines.push(JSON.parse(line)) } } } })
  t.teardown(() => app.close())
  app.addHook('onRequest', async request => request.log.error({ req: request }, 'of the host'))
  app.register(signaling, OPTIONS)
  await app.inject('/openapi.json?token=secret')
  t.strictSame(lines.flatMap(({ req }) => req ? [req.url] : []), ['/openapi.json'])
})

/** Where a host can say how a request is logged. */
const OF_THE_HOST = (request: FastifyRequest) => ({ own: request.url, original: request.originalUrl, params: request.params, query: request.query, agent: request.headers['user-agent'] }) as never
const SCOPES: Record<string, HostOptions> = {
  'its logger': { logger: { serializers: { req: OF_THE_HOST } } },
  'the registration': { register: app => app.register(signaling, { ...OPTIONS, logSerializers: { req: OF_THE_HOST } }) },
  'the enclosing scope': { register: app => app.register(async scope => { scope.register(signaling, OPTIONS) }, { logSerializers: { req: OF_THE_HOST } }) }
}

for (const [name, options] of Object.entries(SCOPES)) {
  t.test(`a host with a serializer for requests in ${name} -> is asked, of a request without the secrets`, async t => {
    t.strictSame(await logged(t, options), { own: CUT, original: CUT, params: { id: 'abcdefgh…' }, query: {}, agent: 'agent' })
  })
}

t.test('a host with other serializers in the registration -> both apply', async t => {
  const register = (app: FastifyInstance) => app.register(signaling, { ...OPTIONS, logSerializers: { res: () => 'of the host' } })
  t.match(await logged(t, { register }), { url: CUT })
})

t.test('a host that redacts -> redacted', async t => {
  t.match(await logged(t, { logger: { redact: ['req.remoteAddress'] } }), { url: CUT, remoteAddress: '[Redacted]' })
})

t.test("a host with a logger that is not pino's -> is given a serializer that knows what to show", async t => {
  const found: unknown[] = []
  const write = () => {}
  const createLogger = (serializers: Serializers = {}): FastifyBaseLogger => ({
    level: 'info',
    silent: write,
    fatal: write,
    error: write,
    warn: write,
    debug: write,
    trace: write,
    info: (details: unknown) => { if (Object(details).req) found.push(serializers.req?.(Object(details).req)) },
    child: (_bindings: object, { serializers }: { serializers?: Serializers } = {}) => createLogger(serializers)
  }) as FastifyBaseLogger
  const app = Fastify({ loggerInstance: createLogger() })
  t.teardown(() => app.close())
  app.register(signaling, OPTIONS)
  await app.inject(`${PATH}?token=secret`)
  t.strictSame(found, [{ method: 'GET', url: CUT, remoteAddress: '127.0.0.1' }])
})

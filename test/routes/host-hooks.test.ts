import Fastify, { type FastifyReply } from 'fastify'
import t from 'tap'
import signaling, { ConnectionManager } from '../../plugin/index.js'
import { description } from '../helpers/descriptions.js'
import { createServer } from '../helpers/server.js'

t.test('a hook of the enclosing scope that answers 401 -> nothing of the plugin runs, whatever is asked', async t => {
  const connections = new ConnectionManager({ bindAddress: '127.0.0.1', generateId: () => { throw new Error('expected no connection') } })
  const app = Fastify()
  t.teardown(() => app.close())
  app.register(async scope => {
    scope.addHook('onRequest', async ({ headers }, reply) => {
      if (headers.authorization !== 'Bearer secret') await reply.code(401).header('www-authenticate', 'Bearer').send({ message: 'of the host' })
    })
    scope.register(signaling, {
      prefix: '/guarded',
      connections,
      listConnections: true,
      beforeOffer: () => { throw new Error('expected no hook to run') },
      beforeAnswer: () => { throw new Error('expected no hook to run') }
    })
  })
  const asked: [method: 'GET' | 'POST' | 'DELETE' | 'HEAD', path: string][] = [
    ['POST', '/connections'], ['GET', '/connections'], ['HEAD', '/connections'], ['GET', '/connections/1'], ['DELETE', '/connections/1'],
    ['GET', '/connections/1/local-description'], ['GET', '/connections/1/remote-description'], ['GET', '/connections/1/stats'], ['POST', '/connections/1/remote-description'],
    ['GET', '/openapi.json'], ['GET', '/openapi.yaml']
  ]
  for (const [method, path] of asked) {
    const answer = await app.inject({ method, url: `/guarded${path}`, ...method === 'POST' && { body: { remoteDescription: description('chromium-offer') } } })
    t.equal(answer.statusCode, 401, `${method} ${path}`)
    t.equal(answer.headers['www-authenticate'], 'Bearer')
  }
  t.equal(connections.size, 0)
  t.equal((await app.inject({ url: '/guarded/connections', headers: { authorization: 'Bearer secret' } })).statusCode, 200)
})

for (const statusCode of [401, 403, 429]) {
  t.test(`a hook of the host that answers ${statusCode} with a body of its own -> it is answered as the host wrote it`, async t => {
    const body = { reason: 'of the host' }
    const { app } = await createServer(t, { host: app => app.addHook('onRequest', async (_request, reply) => { await reply.code(statusCode).send(body) }) })
    const answer = await app.inject({ method: 'POST', url: '/connections' })
    t.equal(answer.statusCode, statusCode)
    t.strictSame(answer.json(), body)
  })
}

const TEXT: unknown = 'secret'

/** What a hook of a host may throw, and what the client is told of it. */
const THROWN: Record<string, { fail: (reply: FastifyReply) => unknown, statusCode: number, body: object, headers?: object }> = {
  'an error with a statusCode': {
    fail: () => { throw Object.assign(new Error('Sign in'), { statusCode: 401, code: 'FST_UNAUTHORIZED' }) },
    statusCode: 401,
    body: { statusCode: 401, error: 'Unauthorized', message: 'Sign in', code: 'FST_UNAUTHORIZED' }
  },
  'an error with a status': { fail: () => { throw Object.assign(new Error('No'), { status: 403 }) }, statusCode: 403, body: { statusCode: 403, error: 'Forbidden', message: 'No' } },
  'an error with headers': {
    fail: () => { throw Object.assign(new Error('Slow down'), { statusCode: 429, headers: { 'retry-after': '7' } }) },
    statusCode: 429,
    body: { statusCode: 429, error: 'Too Many Requests', message: 'Slow down' },
    headers: { 'retry-after': '7' }
  },
  'an error after it has set the status': {
    fail (reply) {
      reply.code(401)
      throw new Error('Missing token')
    },
    statusCode: 401,
    body: { statusCode: 401, error: 'Unauthorized', message: 'Missing token' }
  },
  'an error without a status': { fail: () => { throw new Error('secret') }, statusCode: 500, body: { statusCode: 500, error: 'Internal Server Error', message: 'Internal Server Error' } },
  'an error with a status that is none': { fail: () => { throw Object.assign(new Error('secret'), { statusCode: 1000 }) }, statusCode: 500, body: { statusCode: 500, error: 'Internal Server Error', message: 'Internal Server Error' } },
  'an error with the status of a success': { fail: () => { throw Object.assign(new Error('secret'), { statusCode: 200 }) }, statusCode: 500, body: { statusCode: 500, error: 'Internal Server Error', message: 'Internal Server Error' } },
  'an error with a status without a name': { fail: () => { throw Object.assign(new Error('What?'), { statusCode: 499 }) }, statusCode: 499, body: { statusCode: 499, error: 'Error', message: 'What?' } },
  'a text': { fail: () => { throw TEXT }, statusCode: 500, body: { statusCode: 500, error: 'Internal Server Error', message: 'Internal Server Error' } }
}

for (const [name, { fail, statusCode, body, headers = {} }] of Object.entries(THROWN)) {
  t.test(`a hook of the host that throws ${name} -> ${statusCode} in Fastify's shape`, async t => {
    const server = await createServer(t, { host: app => app.addHook('onRequest', async (_request, reply) => { await fail(reply) }) })
    const answer = await server.app.inject({ method: 'POST', url: '/connections' })
    t.equal(answer.statusCode, statusCode)
    t.strictSame(answer.json(), body)
    t.match(answer.headers, { 'content-type': 'application/json; charset=utf-8', ...headers })
    t.equal(server.connections.size, 0)
    t.equal(server.errors().length, statusCode >= 500 && statusCode !== 503 ? 1 : 0)
  })
}

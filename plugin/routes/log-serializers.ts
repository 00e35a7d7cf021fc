import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify'
import { LOGGED_LENGTH } from '../connections/connection-log.js'

type Serializer = (request: FastifyRequest) => unknown

/** Where pino keeps a logger's serializers. */
const SERIALIZERS = Symbol.for('pino.serializers')

/**
 * Lets the routes of the scope be logged without what makes a request somebody's: ids are capabilities and stand in URLs,
 * a query may have a token. Whichever serializer the host has for a request is given one that has neither.
 */
export function hideSecrets (fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route: RouteOptions) => {
    // With those of the enclosing scopes in its prototype.
    const { req = readSerializer(fastify.log) } = route.logSerializers ?? {}
    route.logSerializers = Object.assign(Object.create(route.logSerializers ?? null), { req: (request: FastifyRequest) => req(withoutSecrets(request)) })
  })
}

function readSerializer (log: object): Serializer {
  const { req } = (log as { [SERIALIZERS]?: { req?: Serializer } })[SERIALIZERS] ?? {}
  return req ?? (({ method, url, ip }) => ({ method, url, remoteAddress: ip }))
}

/** The same request, as far as a log should know it. Fastify's own serializer shows the host and a version from the headers, which are whatever the client wrote. */
function withoutSecrets (request: FastifyRequest): FastifyRequest {
  const { id } = Object(request.params)
  const url = cutUrl(request.url, id)
  return Object.create(request, {
    url: { value: url },
    originalUrl: { value: url },
    params: { value: { ...Object(request.params), ...typeof id === 'string' && { id: cut(id) } } },
    query: { value: {} },
    host: { value: undefined },
    headers: { value: { ...request.headers, 'accept-version': undefined } }
  })
}

/** The path alone. Where a part of it is percent-encoded it may be the id in another spelling. */
function cutUrl (url: string, id: unknown): string {
  const [path = ''] = url.split(/[?#;]/)
  return path.split('/').map(part => part === id || part.includes('%') ? cut(part) : part).join('/')
}

function cut (id: string): string {
  return id.length > LOGGED_LENGTH ? `${id.slice(0, LOGGED_LENGTH)}…` : id
}

import type { Readable } from 'node:stream'
import { Type, type Static, type TObject, type TSchema } from '@sinclair/typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'
import type { Cluster } from '../cluster/cluster.js'
import { BodyTooDeepError, InvalidJsonError, InvalidOptionError } from '../errors.js'
import { inTurn } from '../turns.js'
import { closeAfter } from './close-after.js'
import { sendError } from './error-handler.js'
import { Forwarding } from './forwarding.js'
import { hideSecrets } from './log-serializers.js'
import { isDeeperThan } from './json-depth.js'
import { BODY_LIMIT, createResponses, type Operation } from './operation.js'
import { createOperationIdPrefix, prefixOperationId } from './operation-id.js'
import { useOwnSchemas } from './own-schemas.js'

type Request<Params extends TObject, Body extends TSchema, Query extends TObject> = FastifyRequest<{ Params: Static<Params>, Body: Static<Body>, Querystring: Static<Query> }>

/** The encapsulated part of the host's server in which the operations live. */
export interface SignalingScope {
  fastify: FastifyInstance
  /** Adds an operation to the host. The handler's result is the answer, or a stream of it. */
  add<Params extends TObject, Body extends TSchema, Success extends TSchema, Query extends TObject> (method: HTTPMethods, url: string, operation: Operation<Params, Body, Success, Query>, handler: (request: Request<Params, Body, Query>, reply: FastifyReply) => Promise<Static<Success> | Readable>): void
  /** The operations by the operationId that is unique in the host's document. */
  operations: Map<string, Operation>
  /** Default this process is alone. */
  forwarding?: Forwarding
}

/** Nothing in the API has more than three levels. For thousands of them the parser takes milliseconds. */
const MAX_DEPTH = 32

/** Makes the plugin's scope independent of the host's: its own schemas, validation, serialization, parsers and error shape. */
export function createScope (fastify: FastifyInstance, cluster?: Cluster): SignalingScope {
  useOwnSchemas(fastify)
  fastify.setErrorHandler(sendError)
  hideSecrets(fastify)

  const parseJson = fastify.getDefaultJsonParser('error', 'error')
  fastify.removeAllContentTypeParsers()
  fastify.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined)
    else if (isDeeperThan(MAX_DEPTH, body)) done(new BodyTooDeepError(MAX_DEPTH))
    else parseJson(request, body, (error, value) => error ? done(new InvalidJsonError()) : done(null, value))
  })

  let isClosing = false
  fastify.addHook('preClose', async () => { isClosing = true })

  const operations = new Map<string, Operation>()
  const forwarding = cluster && new Forwarding(fastify, cluster)
  const prefix = createOperationIdPrefix(fastify)
  const tags = [fastify.prefix.replace(/^\/|\/$/g, '') || 'connections']
  const prefixParams = readPrefixParams(fastify)
  if (cluster) assertPlain(fastify)

  return {
    fastify,
    operations,
    ...forwarding && { forwarding },
    add (method, url, operation, handler) {
      const { summary, description, params, query, body, admit, complete, isGathered, success: { contentType } } = operation
      const operationId = prefixOperationId(prefix, operation.operationId)
      operations.set(operationId, operation)
      const key = `${method} ${url}`
      if (params || isGathered) forwarding?.allow(key)
      fastify.route({
        method,
        url,
        bodyLimit: BODY_LIMIT,
        // To a HEAD request the stream of a GET would be written for nobody, until it ends.
        ...contentType && { exposeHeadRoute: false },
        schema: {
          operationId,
          tags,
          summary,
          ...description !== undefined && { description },
          params: Type.Object({ ...prefixParams, ...params?.properties }),
          ...query && { querystring: query },
          ...body && { body },
          response: createResponses(operation)
        },
        // After the host's own, which say who may ask at all, and before the body is read.
        onRequest: async (request, reply) => {
          forwarding?.recognize(request, reply)
          await inTurn(() => admit?.(request))
        },
        preValidation: async request => {
          // Fastify asks for a body wherever there is a schema for one.
          if (body && request.body === undefined) request.body = {}
          complete?.(request)
        },
        onSend: async (request, reply) => {
          // A stream that is compressed waits for more to compress.
          reply.header('cache-control', contentType ? 'no-store, no-transform' : 'no-store')
          if (isClosing) closeAfter(request, reply)
        },
        handler: (request, reply) => {
          const node = params && forwarding?.ownerOf((request.params as { id: string }).id)
          return node ? forwarding!.forward(node, key, request, reply) : handler(request as Request<TObject, TSchema, TObject> as never, reply)
        }
      })
    }
  }
}

/** A request is done again with the values of the prefix's parameters, of which each has to be a segment by itself. */
function assertPlain ({ prefix }: FastifyInstance): void {
  if (prefix.split('/').some(segment => segment.includes(':') && !/^:\w+$/.test(segment))) throw new InvalidOptionError(`prefix: expected, with a cluster, parameters that are whole segments, such as /rooms/:room, found ${prefix}`)
}

/** The parameters of a prefix such as /rooms/:room, which the host's document lists with those of each operation. */
function readPrefixParams ({ prefix }: FastifyInstance): Record<string, TSchema> {
  const names = [...prefix.matchAll(/:(\w+)/g)].map(([, name]) => name!)
  if (names.includes('id')) throw new InvalidOptionError(`prefix: expected no parameter named id, which is the connection's, found ${prefix}`)
  return Object.fromEntries(names.map(name => [name, Type.String()]))
}

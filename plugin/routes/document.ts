import swagger from '@fastify/swagger'
import type { SignalingScope } from './scope.js'

/** The version of the API, not of the package. */
const API_VERSION = '1.0.0'

/** Where @fastify/swagger puts the document: beside the host's own. */
const DECORATOR = 'webRtcDocument'

/** Serves the scope's own document, which is the same whatever the host does with its own. To be called before there are operations. */
export async function documentRoutes ({ fastify, operations }: SignalingScope): Promise<void> {
  await fastify.register(swagger, {
    decorator: DECORATOR as never,
    stripBasePath: false,
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'fastify-webrtc',
        description: 'Server-side WebRTC peers: create a connection, exchange an offer and an answer, close it.',
        version: API_VERSION,
        license: { name: 'MIT', url: 'https://opensource.org/license/mit' }
      },
      servers: [{ url: '.', description: 'Where this document is' }],
      security: [],
      tags: [{ name: 'connections', description: 'Connections and their descriptions' }]
    },
    refResolver: { buildLocalReference: json => String(json.$id) },
    transform: ({ schema, url }) => {
      const { operationId, params } = operations.get(String(schema.operationId)) ?? {}
      return { schema: { ...schema, operationId, params, tags: ['connections'] }, url: url.slice(fastify.prefix.replace(/\/$/, '').length) }
    },
    transformObject: document => {
      const { openapiObject } = document as Extract<typeof document, { openapiObject: unknown }>
      // @fastify/swagger says of every body that it is required; here its absence means that the server offers.
      Object.assign(openapiObject.paths!['/connections']!.post!.requestBody!, { required: false })
      return openapiObject
    }
  })
  const route = { schema: { hide: true }, logLevel: 'warn' } as const
  const readDocument = (options?: { yaml: true }) => (fastify as unknown as Record<typeof DECORATOR, (options?: { yaml: true }) => unknown>)[DECORATOR](options)
  fastify.get('/openapi.json', route, async () => readDocument())
  fastify.get('/openapi.yaml', route, async (_request, reply) => {
    reply.type('application/yaml; charset=utf-8')
    return readDocument({ yaml: true })
  })
}

import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import type { SignalingScope } from './scope.js'

/** The version of the API, not of the package. */
const API_VERSION = '1.0.0'

/** The two versions of OpenAPI in which the document is published: 3.1.0, and 3.0.3 for generators that refuse it. They differ in that line alone. */
const VERSIONS = { webRtcDocument: '3.1.0', webRtcDocument30: '3.0.3' } as const

export type DocumentDecorator = keyof typeof VERSIONS

/** Serves the scope's own document, which is the same whatever the host does with its own. To be called before there are operations. */
export async function documentRoutes ({ fastify, schemas }: SignalingScope): Promise<void> {
  for (const [decorator, openapi] of Object.entries(VERSIONS)) {
    await fastify.register(swagger, {
      decorator: decorator as never,
      stripBasePath: false,
      openapi: {
        openapi,
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
        const given = schemas.get(String(schema.operationId)) ?? schema
        return { schema: { ...given, tags: ['connections'] }, url: url.slice(fastify.prefix.replace(/\/$/, '').length) }
      },
      transformObject: document => {
        const { openapiObject } = document as Extract<typeof document, { openapiObject: unknown }>
        // @fastify/swagger says of every body that it is required; here its absence means that the server offers.
        Object.assign(openapiObject.paths!['/connections']!.post!.requestBody!, { required: false })
        return openapiObject
      }
    })
  }
  const route = { schema: { hide: true }, logLevel: 'warn' } as const
  fastify.get('/openapi.json', route, async () => readDocument(fastify, 'webRtcDocument'))
  fastify.get('/openapi.yaml', route, async (_request, reply) => {
    reply.type('application/yaml; charset=utf-8')
    return readDocument(fastify, 'webRtcDocument', { yaml: true })
  })
}

/** The document of a scope, as an object or as text. */
export function readDocument (fastify: FastifyInstance, decorator: DocumentDecorator, options?: { yaml: true }): unknown {
  return (fastify as unknown as Record<DocumentDecorator, (options?: { yaml: true }) => unknown>)[decorator](options)
}

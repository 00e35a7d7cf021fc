import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import { EXAMPLE_ANSWER } from './example-answer.js'

export interface DocumentationOptions {
  icon: Buffer
  contentSecurityPolicy: string
}

/** One document for the operations of all examples, and Swagger UI to try them out. To be called before they are registered. */
export async function documentation (app: FastifyInstance, { icon, contentSecurityPolicy }: DocumentationOptions): Promise<void> {
  await app.register(swagger, {
    openapi: {
      // The two differ in this line alone, and of 3.1 Swagger UI makes three times as much work.
      openapi: '3.0.3',
      info: {
        title: 'fastify-webrtc examples',
        description: 'Each [example](/) is a registration of the plugin under a prefix of its own, with the same operations.',
        version: '1.0.0'
      }
    },
    refResolver: { buildLocalReference: json => String(json.$id) },
    transformObject: document => {
      const { openapiObject } = document as Extract<typeof document, { openapiObject: unknown }>
      for (const [path, item] of Object.entries(openapiObject.paths ?? {})) {
        const body = item?.post?.requestBody
        if (path.endsWith('/remote-description') && body && 'content' in body) body.content['application/json']!.example = EXAMPLE_ANSWER
      }
      return openapiObject
    }
  })
  // Each is made once, for which its first reader would keep everybody waiting.
  app.addHook('onReady', async () => {
    app.swagger()
    app.swagger({ yaml: true })
  })
  await app.register(swaggerUi, {
    logo: { type: 'image/svg+xml', content: icon },
    theme: { title: 'API · fastify-webrtc' },
    // The operations of all examples at once are too many to find one's way, and to be quick.
    uiConfig: { docExpansion: 'none', deepLinking: true },
    // Swagger UI makes a style element of its own.
    staticCSP: `${contentSecurityPolicy}; style-src 'self' 'unsafe-inline'`
  })
}

import { readFile } from 'node:fs/promises'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import signaling, { ConnectionManager, type Cluster, type ConnectionManagerOptions } from '../plugin/index.js'
import * as audioVideoLoopback from './audio-video-loopback/server.js'
import * as broadcaster from './broadcaster/server.js'
import * as dataChannelBufferLimits from './datachannel-buffer-limits/server.js'
import { bundleBrowserFiles } from './frame/bundle.js'
import { documentation } from './frame/documentation.js'
import { readExample } from './frame/example.js'
import { examplePage } from './frame/example-page.js'
import type { ExampleServer } from './frame/example-server.js'
import { indexPage } from './frame/index-page.js'
import type { Metrics } from './metrics.js'
import * as pingPong from './ping-pong/server.js'
import * as pitchDetector from './pitch-detector/server.js'
import { readiness } from './readiness.js'
import * as recordAudioVideoStream from './record-audio-video-stream/server.js'
import * as sineWave from './sine-wave/server.js'
import * as sineWaveStereo from './sine-wave-stereo/server.js'
import * as videoCompositing from './video-compositing/server.js'
import * as viewer from './viewer/server.js'

/** What runs in the server for each example, by the name of its folder, which is its prefix too. In the order of the index page. */
const EXAMPLES: Record<string, ExampleServer> = {
  'ping-pong': pingPong,
  'datachannel-buffer-limits': dataChannelBufferLimits,
  'audio-video-loopback': audioVideoLoopback,
  broadcaster,
  viewer,
  'record-audio-video-stream': recordAudioVideoStream,
  'video-compositing': videoCompositing,
  'sine-wave': sineWave,
  'sine-wave-stereo': sineWaveStereo,
  'pitch-detector': pitchDetector
}

const CONTENT_SECURITY_POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const SECURITY_HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff'
}

/** Time for whoever tries the operations out one by one in Swagger UI, in milliseconds. */
const TIME_TO_CONNECTED = 5 * 60_000

export interface DemoOptions {
  logger?: FastifyServerOptions['logger']
  /** What the connections of every example are made with. */
  connectionOptions?: ConnectionManagerOptions
  /** The processes that serve the same connections. Default this one alone. */
  cluster?: Cluster
  /** What GET /metrics tells. Default there is no such path. */
  metrics?: Metrics
}

export interface Demo {
  app: FastifyInstance
  /** Those of each example. */
  connections: ConnectionManager[]
}

/** The server of the examples: an index page, a page and an API for each of them, and Swagger UI. */
export async function createDemo ({ logger = false, connectionOptions, cluster, metrics }: DemoOptions = {}): Promise<Demo> {
  const app = Fastify({ logger, requestTimeout: 10_000 })
  app.addHook('onRequest', async (_request, reply) => { reply.headers(SECURITY_HEADERS) })
  const icon = await readFile(new URL('frame/icon.svg', import.meta.url))
  await documentation(app, { icon, contentSecurityPolicy: CONTENT_SECURITY_POLICY })

  const names = Object.keys(EXAMPLES)
  const examples = await Promise.all(names.map(readExample))
  const scripts = await bundleBrowserFiles(names)

  serve(app, '/', 'text/html', indexPage(examples))
  serve(app, '/style.css', 'text/css', await readFile(new URL('frame/style.css', import.meta.url)))
  serve(app, '/icon.svg', 'image/svg+xml', icon)
  const servers = names.map(name => EXAMPLES[name]!)
  const connections = servers.map(server => new ConnectionManager({ timeToConnected: TIME_TO_CONNECTED, ...server.connectionOptions, ...metrics?.connectionOptions, ...connectionOptions }))
  readiness(app, connections, cluster)
  metrics?.serve(app, connections)
  for (const [index, example] of examples.entries()) {
    const path = `/${example.name}`
    const { beforeOffer, beforeAnswer, routes } = servers[index]!
    await app.register(signaling, {
      beforeOffer,
      beforeAnswer,
      prefix: path,
      connections: connections[index]!,
      listConnections: true,
      ...cluster && { cluster }
    })
    if (routes) await app.register(routes, { prefix: path })
    app.get(path, { schema: { hide: true } }, async (_request, reply) => reply.redirect(`${path}/`))
    serve(app, `${path}/`, 'text/html', examplePage(example))
    serve(app, `${path}/browser.js`, 'text/javascript', scripts.get(example.name)!)
  }
  return { app, connections }
}

function serve (app: FastifyInstance, path: string, type: string, content: string | Buffer): void {
  app.get(path, { schema: { hide: true } }, async (_request, reply) => reply.type(`${type}; charset=utf-8`).header('cache-control', 'no-cache').send(content))
}

import type { FastifyPluginAsync } from 'fastify'
import type { ConnectionManagerOptions, SignalingHooks } from '../../plugin/index.js'

/** What the server.ts of an example exports. */
export interface ExampleServer extends Pick<SignalingHooks, 'beforeOffer' | 'beforeAnswer'> {
  /** What its connections are made with, where the default does not do. */
  connectionOptions?: ConnectionManagerOptions
  /** Routes of its own, under its prefix. */
  routes?: FastifyPluginAsync
}

import type { FastifyInstance } from 'fastify'
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'
import type { ConnectionManager, ConnectionManagerOptions, ForwardedRequest } from '../plugin/index.js'

/** Of a handshake and of a forward, in seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

const REFUSALS = [429, 503]

/** What one process tells Prometheus, by way of the plugin's hooks alone. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #handshakes = new Histogram({ name: 'webrtc_handshake_seconds', help: 'From the creation of a peer to its connection', buckets: BUCKETS, registers: [this.#registry] })
  readonly #closed = new Counter({ name: 'webrtc_closed_total', help: 'Connections that have closed, by the reason', labelNames: ['reason'], registers: [this.#registry] })
  readonly #refusals = new Counter({ name: 'webrtc_refusals_total', help: 'Requests that were refused, by the status', labelNames: ['status'], registers: [this.#registry] })
  readonly #forwards = new Histogram({ name: 'webrtc_forward_seconds', help: 'Until another process has answered, by the operation and the status', labelNames: ['operation', 'status'], buckets: BUCKETS, registers: [this.#registry] })

  constructor () {
    collectDefaultMetrics({ register: this.#registry })
  }

  /** Hooks of a manager. */
  readonly connectionOptions: ConnectionManagerOptions = {
    onConnected: ({ peerConnection }) => {
      const { connected } = peerConnection.getStats().handshake
      if (connected !== undefined) this.#handshakes.observe(connected / 1000)
    },
    onClosed: (_connection, reason) => this.#closed.inc({ reason })
  }

  /** Hook of a cluster. */
  readonly onForwarded = ({ operation, statusCode, milliseconds }: ForwardedRequest): void => {
    this.#forwards.observe({ operation, status: String(statusCode) }, milliseconds / 1000)
  }

  /** GET /metrics. For those who run the server: keep others from it where they can reach the port. */
  serve (app: FastifyInstance, connections: readonly ConnectionManager[]): void {
    this.#registry.registerMetric(new Gauge({
      name: 'webrtc_connections',
      help: 'Connections there are, by the state of their peer',
      labelNames: ['state'],
      registers: [],
      collect () {
        this.reset()
        for (const { peerConnection } of connections.flatMap(manager => manager.getConnections())) this.inc({ state: peerConnection.connectionState })
      }
    }))
    app.addHook('onResponse', async ({ routeOptions: { url = '' } }, { statusCode }) => {
      // Not of probes.
      if (url.includes('/connections') && REFUSALS.includes(statusCode)) this.#refusals.inc({ status: String(statusCode) })
    })
    app.get('/metrics', { schema: { hide: true } as object }, async (_request, reply) => reply.type(this.#registry.contentType).send(await this.#registry.metrics()))
  }
}

import Fastify, { type FastifyInstance, type FastifyServerOptions, type InjectOptions } from 'fastify'
import type { Test } from 'tap'
import signaling, { ConnectionManager, type Cluster, type ConnectionManagerOptions, type SignalingHooks, type WebRtcConnection, type WebRtcError, type WebRtcSessionDescription } from '../../plugin/index.js'
import { livePeerConnections } from '../../plugin/peer/native-connection.js'
import { assertConforms, type Answer } from './conformance.js'
import { signal, within, type Signal } from './deadline.js'

export interface LogLine {
  level: number
  msg: string
  connection?: string
  where?: string
  err?: { message: string, stack: string, type: string, code?: string }
}

export interface TestServerOptions extends SignalingHooks, ConnectionManagerOptions {
  prefix?: string
  fastify?: FastifyServerOptions
  cluster?: Cluster
  /** What the host does before it registers the plugin. */
  host?: (app: FastifyInstance) => unknown
}

export interface JsonAnswer<Body> extends Answer {
  json: Body
}

/** A Fastify server with the plugin on loopback, whose every answer is held against the document. Closed, and searched for what is left, in the test's teardown. */
export class TestServer {
  readonly app: FastifyInstance
  readonly connections: ConnectionManager
  /** Everything logged, from `trace` on. */
  readonly log: LogLine[] = []
  readonly #prefix: string
  readonly #states = new Map<string, Signal>()

  constructor ({ prefix = '', fastify, cluster, host, beforeOffer, beforeAnswer, identify, clientIceServers, listConnections, ...managerOptions }: TestServerOptions = {}) {
    this.#prefix = prefix
    this.connections = new ConnectionManager({
      bindAddress: '127.0.0.1',
      // A busy machine is not what is tested.
      maxEventLoopDelay: Infinity,
      ...managerOptions,
      onConnected: connection => {
        this.#state(connection.id, 'connected').resolve()
        return managerOptions.onConnected?.(connection)
      },
      onDisconnected: connection => {
        this.#state(connection.id, 'disconnected').resolve()
        return managerOptions.onDisconnected?.(connection)
      },
      onClosed: (connection, reason) => {
        this.#state(connection.id, `closed: ${reason}`).resolve()
        return managerOptions.onClosed?.(connection, reason)
      }
    })
    this.app = Fastify({ logger: { level: 'trace', stream: { write: line => { this.log.push(JSON.parse(line)) } } }, ...fastify })
    host?.(this.app)
    this.app.register(signaling, { prefix, beforeOffer, beforeAnswer, identify, clientIceServers, listConnections, cluster, connections: this.connections })
  }

  /** Asks by inject; the path is what follows the prefix. */
  async request<Body = WebRtcError> (method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown, init: InjectOptions = {}): Promise<JsonAnswer<Body>> {
    const { statusCode, headers, body: text } = await within(this.app.inject({
      method,
      url: `${this.#prefix}${path}`,
      ...body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } },
      ...init
    }), `an answer to ${method} ${path}`)
    const answer = { statusCode, headers, body: text }
    assertConforms(method, path, answer)
    return { ...answer, json: (/json/.test(String(headers['content-type'])) ? JSON.parse(text) : text) as Body }
  }

  async createConnection (remoteDescription?: WebRtcSessionDescription): Promise<WebRtcConnection> {
    const { statusCode, json, body } = await this.request<WebRtcConnection>('POST', '/connections', remoteDescription && { remoteDescription })
    if (statusCode !== 201) throw new Error(`createConnection: expected 201, found ${statusCode} ${body}`)
    return json
  }

  setRemoteDescription (id: string, sdp: string, type = 'answer'): Promise<JsonAnswer<WebRtcSessionDescription & WebRtcError>> {
    return this.request('POST', `/connections/${id}/remote-description`, { type, sdp })
  }

  /** Settles when the connection was, or is, in the state: `connected`, `disconnected`, `closed: peer`. */
  state (id: string, state: string, milliseconds?: number): Promise<void> {
    return within(this.#state(id, state).promise, `connection ${id.slice(0, 8)} to be ${state}`, milliseconds)
  }

  /** What was logged as an error, as `where: message`. */
  errors (id?: string): string[] {
    return this.log
      .filter(({ level, connection }) => level >= 50 && (id === undefined || (connection !== undefined && id.startsWith(connection))))
      .map(({ where, err, msg }) => `${where ?? msg}: ${err?.message}`)
  }

  #state (id: string, state: string): Signal {
    const key = `${id} ${state}`
    let known = this.#states.get(key)
    if (!known) this.#states.set(key, known = signal())
    return known
  }
}

export async function createServer (t: Test, options?: TestServerOptions): Promise<TestServer> {
  const server = new TestServer(options)
  open.add(server)
  t.teardown(() => closeServer(server))
  await server.app.ready()
  return server
}

/** Servers that have native peers of their own, of which the process has but one count. */
const open = new Set<TestServer>()

/** Closes the server and throws if it leaves anything behind. */
export async function closeServer (server: TestServer): Promise<void> {
  const { app, connections } = server
  await within(app.close(), 'app.close()', 5000)
  open.delete(server)
  const left = { connections: connections.size, pendingConnections: connections.pendingSize, nativePeers: open.size === 0 ? livePeerConnections() : 0 }
  if (Object.values(left).some(count => count > 0)) throw new Error(`expected nothing to be left, found ${JSON.stringify(left)}`)
}

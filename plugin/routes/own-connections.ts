import type { FastifyRequest } from 'fastify'
import type { Connection } from '../connections/connection.js'
import type { ConnectionManager } from '../connections/connection-manager.js'
import { ConnectionNotFoundError } from '../errors.js'
import type { SignalingHooks } from '../options.js'

/** The connections as whoever asks may see them: those of its principal. */
export class OwnConnections {
  readonly principal: string | undefined
  readonly #connections: ConnectionManager

  constructor (connections: ConnectionManager, principal: string | undefined) {
    this.#connections = connections
    this.principal = principal
  }

  /** One error for every cause: nothing tells an id that was from one that never was, or from one of somebody else. */
  find (id: string): Connection {
    const connection = this.#connections.getConnection(id)
    if (!connection || connection.principal !== this.principal) throw new ConnectionNotFoundError()
    return connection
  }

  list (): Connection[] {
    return this.#connections.getConnections().filter(({ principal }) => principal === this.principal)
  }
}

/** The connections of whoever has made a request. */
export type OwnConnectionsFor = (request: FastifyRequest) => Promise<OwnConnections>

/** Finds out on whose behalf a request is. Rejects with what the host's `identify` throws, and with a TypeError when it says something else than a name. */
export function createOwnConnections (connections: ConnectionManager, identify: SignalingHooks['identify']): OwnConnectionsFor {
  return async request => {
    const principal: unknown = await identify?.(request)
    if (principal !== undefined && (typeof principal !== 'string' || principal === '')) throw new TypeError(`identify: expected a string that is not empty, or undefined, found ${principal === '' ? 'an empty one' : typeof principal}`)
    return new OwnConnections(connections, principal)
  }
}

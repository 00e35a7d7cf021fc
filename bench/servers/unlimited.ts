import type { ConnectionManagerOptions } from '../../plugin/index.js'

/** What one client, and one connection, may not do otherwise: in a bench all come from one address. */
export const UNLIMITED: ConnectionManagerOptions = {
  timeToConnected: 600_000,
  maxConnections: Infinity,
  maxPendingConnections: Infinity,
  maxConnectionsPerAddress: Infinity,
  maxPendingConnectionsPerAddress: Infinity,
  maxEventLoopDelay: Infinity,
  maxMessagesPerSecond: Infinity,
  maxBytesPerSecond: Infinity,
  maxQueuedAmount: Infinity
}

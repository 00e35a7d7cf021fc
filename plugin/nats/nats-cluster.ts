import type { NodeConnectionOptions } from '@nats-io/transport-node'
import { Cluster, type ClusterOptions } from '../cluster/cluster.js'
import { callback, checkOptions } from '../option-checks.js'
import { ALWAYS, NatsEngine } from './nats-engine.js'

/** What a cluster on NATS can be told: what a cluster can, and what the NATS client can, such as `servers`, `user`, `pass`, `token`, `authenticator`, `tls`, `inboxPrefix`. */
export interface NatsClusterOptions extends ClusterOptions, Omit<NodeConnectionOptions, 'timeout' | keyof typeof ALWAYS> {
  /** What the subjects of this cluster begin with, so that several share a broker. Letters, digits, `_`, `-` and dots. Default `fastify-webrtc`. */
  subject?: string
  /** Told of each attempt to connect that has failed, after which another one follows. What it throws has no consequences. */
  onConnectError?: (error: Error) => unknown
}

/** The processes that are on the same NATS, under the same subject. It connects when the first server that has it is ready. Throws FST_WEBRTC_INVALID_OPTION. */
export function natsCluster ({ timeout, maxInFlight, timeToGone, onForwarded, subject = 'fastify-webrtc', onConnectError, ...connection }: NatsClusterOptions = {}): Cluster {
  checkOptions({ onConnectError }, { onConnectError: callback })
  return new Cluster(new NatsEngine(subject, connection, onConnectError), { timeout, maxInFlight, timeToGone, onForwarded })
}

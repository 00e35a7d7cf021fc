import type { NodeConnectionOptions } from '@nats-io/transport-node'
import { Cluster, type ClusterOptions } from '../cluster/cluster.js'
import { NatsEngine } from './nats-engine.js'

/** What a cluster on NATS can be told: what a cluster can, and what the NATS client can, such as `servers`, `user`, `pass`, `token`, `authenticator`, `tls`, `inboxPrefix`. */
export interface NatsClusterOptions extends ClusterOptions, Omit<NodeConnectionOptions, 'timeout'> {
  /** What the subjects of this cluster begin with, so that several share a broker. Letters, digits, `_`, `-` and dots. Default `fastify-webrtc`. */
  subject?: string
}

/** The processes that are on the same NATS, under the same subject. It connects when the first server that has it is ready. Throws FST_WEBRTC_INVALID_OPTION. */
export function natsCluster ({ timeout, maxInFlight, timeToGone, onForwarded, subject = 'fastify-webrtc', ...connection }: NatsClusterOptions = {}): Cluster {
  return new Cluster(new NatsEngine(subject, connection), { timeout, maxInFlight, timeToGone, onForwarded })
}

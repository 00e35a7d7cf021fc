/** `fastify-webrtc/cluster-nats`: the processes of a cluster reach each other by NATS. Needs the package @nats-io/transport-node. */
export { natsCluster } from './nats/nats-cluster.js'
export type { NatsClusterOptions } from './nats/nats-cluster.js'

import { createRequire } from 'node:module'
import 'fastify-webrtc'

const { cache } = createRequire(import.meta.url)
const isLoaded = () => Object.keys(cache).some(path => path.includes('@nats-io'))

const before = isLoaded()
const { natsCluster } = await import('fastify-webrtc/cluster-nats')
console.log(JSON.stringify({ before, cluster: typeof natsCluster, isConnected: natsCluster().isConnected, after: isLoaded() }))

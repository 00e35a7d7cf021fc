/** A server in a process of its own, with an echo on a channel of each peer. Argument: { host, port, connections }, JSON. Writes a line when it listens; for each line that it reads, how many of its connections are connected. */
import { createInterface } from 'node:readline'
import Fastify from 'fastify'
import signaling, { ConnectionManager, type ConnectionManagerOptions, type SignalingHooks } from '../../plugin/index.js'

export interface EchoServerInit {
  host: string
  port: number
  connections: ConnectionManagerOptions
}

const { host, port, connections: options } = JSON.parse(process.argv[2]!) as EchoServerInit

const echo: SignalingHooks['beforeOffer'] = peerConnection => {
  const channel = peerConnection.createDataChannel('echo', { negotiated: true, id: 0 })
  channel.onmessage = ({ data }) => channel.send(data)
}

const connections = new ConnectionManager({ maxEventLoopDelay: Infinity, ...options })
const app = Fastify()
app.register(signaling, { connections, beforeOffer: echo, beforeAnswer: echo })
await app.listen({ host, port })
console.log('listening')

createInterface({ input: process.stdin })
  .on('line', () => console.log(JSON.stringify(connections.getConnections().filter(({ peerConnection }) => peerConnection.connectionState === 'connected').length)))
  .on('close', () => process.exit())

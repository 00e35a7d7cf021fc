/** The server of the load bench, in a process of its own. Its argument is the manager's options in JSON. Writes its URL; ends with its input. */
import { once } from 'node:events'
import Fastify from 'fastify'
import signaling, { ConnectionManager } from '../plugin/index.js'

/** What `GET /load` answers. */
export interface Load {
  connections: number
  /** Received on all channels so far. */
  messages: number
  /** Of this process so far, in milliseconds. */
  cpu: number
  /** In bytes. */
  rss: number
}

let messages = 0
const connections = new ConnectionManager({ bindAddress: '127.0.0.1', ...JSON.parse(process.argv[2] ?? '{}') })
const app = Fastify()
app.get('/unrelated', async () => ({ hello: 'world' }))
app.get('/load', async (): Promise<Load> => {
  const { user, system } = process.cpuUsage()
  return { connections: connections.size, messages, cpu: (user + system) / 1000, rss: process.memoryUsage.rss() }
})
app.register(signaling, {
  connections,
  beforeOffer (peerConnection) {
    const channel = peerConnection.createDataChannel('load', { negotiated: true, id: 0 })
    channel.onmessage = () => { messages++ }
  }
})
console.log(await app.listen({ host: '127.0.0.1', port: 0 }))

process.stdin.resume()
await once(process.stdin, 'end')
await app.close()

/** A server for reconnect-page.ts, in a process of its own; its arguments are the port and the address. Counts in the connection's context. Writes its origin when it listens. */
import Fastify from 'fastify'
import signaling from '../../plugin/index.js'
import { addPage } from '../helpers/page.js'

const [port = '0', host = '127.0.0.1'] = process.argv.slice(2)
const app = Fastify()
await addPage(app, 'test/browser/reconnect-page.ts')
app.register(signaling, {
  prefix: '/count',
  bindAddress: host,
  maxEventLoopDelay: Infinity,
  beforeOffer (peerConnection, { connection: { context } }) {
    const channel = peerConnection.createDataChannel('count', { negotiated: true, id: 0 })
    channel.addEventListener('message', () => {
      context.count = Number(context.count ?? 0) + 1
      channel.send(String(context.count))
    })
  }
})
console.log(await app.listen({ host, port: Number(port) }))

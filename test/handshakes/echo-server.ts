/** The server of the handshake tests, in a process of its own. Writes its URL; with the end of its input it closes, writes what is left, and has to end by itself. */
import { once } from 'node:events'
import Fastify from 'fastify'
import signaling, { ConnectionManager } from '../../plugin/index.js'
import { livePeerConnections } from '../../plugin/peer/native-connection.js'
import { echoHooks } from '../helpers/echo-hooks.js'

const connections = new ConnectionManager({ bindAddress: '127.0.0.1', maxEventLoopDelay: Infinity })
const app = Fastify()
app.register(signaling, { connections, ...echoHooks })
console.log(await app.listen({ host: '127.0.0.1', port: 0 }))

process.stdin.resume()
await once(process.stdin, 'end')
await app.close()
console.log(JSON.stringify({ connections: connections.size, live: livePeerConnections() }))

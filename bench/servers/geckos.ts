/** geckos.io's own server, in a process of its own: its argument is the address to listen on. Writes its URL, and ends with its input. */
import { once } from 'node:events'
import { geckos } from '@geckos.io/server'
import Fastify from 'fastify'

const [host = ''] = process.argv.slice(2)
const app = Fastify()
app.get('/', (_request, reply) => reply.type('text/html').send('<!doctype html>'))
const io = geckos({ bindAddress: host })
io.onConnection(channel => channel.on('echo', data => channel.emit('echo', data)))
const url = await app.listen({ host, port: 0 })
// It passes on what is not for it.
io.addServer(app.server)
console.log(url)

await once(process.stdin.resume(), 'end')
// Its own end closes peers of libdatachannel while they are in use.
process.exit()

/** This plugin, in a process of its own: its argument is the address to listen on. Writes its URL, and ends with its input. */
import { once } from 'node:events'
import cors from '@fastify/cors'
import Fastify from 'fastify'
import signaling from '../../plugin/index.js'
import { echoHooks } from '../../test/helpers/echo-hooks.js'

const [host = ''] = process.argv.slice(2)
const app = Fastify()
app.get('/', (_request, reply) => reply.type('text/html').send('<!doctype html>'))
app.register(async scope => {
  // A browser that has asked once asks again, as one does that comes for the first time.
  scope.register(cors, { origin: true, methods: ['GET', 'POST', 'DELETE'], exposedHeaders: ['retry-after'], maxAge: 0 })
  scope.register(signaling, { prefix: '/echo', bindAddress: host, ...echoHooks })
})
console.log(await app.listen({ host, port: 0 }))

await once(process.stdin.resume(), 'end')
await app.close()

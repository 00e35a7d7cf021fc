/** This plugin, in a process of its own: its arguments are the address to listen on, and one UDP port for all peers, if there is to be one. Writes its URL, collects garbage for each line of its input, and ends with it. */
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import cors from '@fastify/cors'
import Fastify, { type FastifyRequest } from 'fastify'
import type { DataChannel } from '../../plugin/index.js'
import { signaling } from './compiled.js'
import { MessageServer } from './message-server.js'
import { UNLIMITED } from './unlimited.js'

const [host = '', udpPort] = process.argv.slice(2)
const app = Fastify()
// Without what Node does before and after.
const startedAt = new WeakMap<FastifyRequest, number>()
app.addHook('onRequest', async request => { startedAt.set(request, performance.now()) })
app.addHook('onSend', async (request, reply) => { reply.header('server-timing', `app;dur=${performance.now() - startedAt.get(request)!}`) })
app.get('/', (_request, reply) => reply.type('text/html').send('<!doctype html>'))
app.register(async scope => {
  // A browser that has asked once asks again, as one does that comes for the first time.
  scope.register(cors, { origin: true, methods: ['GET', 'POST', 'DELETE'], exposedHeaders: ['retry-after'], maxAge: 0 })
  scope.register(signaling, {
    prefix: '/echo',
    bindAddress: host,
    ...udpPort !== undefined && { udpPort: Number(udpPort) },
    ...UNLIMITED,
    beforeOffer (peerConnection) { serve(peerConnection.createDataChannel('echo', { negotiated: true, id: 0 })) },
    beforeAnswer (peerConnection) { peerConnection.ondatachannel = ({ channel }) => serve(channel) }
  })
})
console.log(await app.listen({ host, port: 0 }))

await once(createInterface(process.stdin).on('line', () => globalThis.gc!()), 'close')
await app.close()

function serve (channel: DataChannel): void {
  const server = new MessageServer({
    send: data => channel.send(data),
    bufferedAmount: () => channel.bufferedAmount,
    setLowThreshold: threshold => { channel.bufferedAmountLowThreshold = threshold }
  })
  channel.onmessage = ({ data }) => server.received(data)
  channel.onbufferedamountlow = () => server.continue()
}

/** Sends back whatever comes over a data channel, whichever end offers: npx tsx examples/clients/server.ts */
import Fastify from 'fastify'
import signaling, { type DataChannel } from '../../plugin/index.js'

const app = Fastify()

await app.register(signaling, {
  prefix: '/echo',
  beforeOffer (peerConnection) {
    echo(peerConnection.createDataChannel('echo', { negotiated: true, id: 0 }))
  },
  beforeAnswer (peerConnection) {
    peerConnection.addEventListener('datachannel', ({ channel }) => { echo(channel) })
  }
})

console.log(`${await app.listen({ port: 3000 })}/echo`)

function echo (channel: DataChannel): void {
  channel.addEventListener('message', ({ data }) => { channel.send(data) })
}

const Fastify = require('fastify')
const { ConnectionClient } = require('fastify-webrtc/client')

const app = Fastify()
app.register(require('fastify-webrtc'), {
  prefix: '/ping-pong',
  bindAddress: '127.0.0.1',
  beforeOffer (peerConnection) { peerConnection.createDataChannel('ping-pong') }
})
app.inject({ method: 'POST', url: '/ping-pong/connections' }).then(async ({ statusCode }) => {
  await app.close()
  console.log(JSON.stringify({ statusCode, client: typeof ConnectionClient }))
})

import { readFile } from 'node:fs/promises'
import Fastify from 'fastify'
import signaling from 'fastify-webrtc'
import { ConnectionClient } from 'fastify-webrtc/client'

const app = Fastify()
await app.register(signaling, {
  prefix: '/ping-pong',
  bindAddress: '127.0.0.1',
  beforeOffer (peerConnection) { peerConnection.createDataChannel('ping-pong') }
})
const { statusCode } = await app.inject({ method: 'POST', url: '/ping-pong/connections' })
await app.close()

const documents = await Promise.all(['openapi.yaml', 'openapi-3.0.yaml'].map(name => readFile(new URL(import.meta.resolve(`fastify-webrtc/${name}`)), 'utf8')))
const versions = documents.map(document => /^openapi: (.*)$/m.exec(document)?.[1])
console.log(JSON.stringify({ statusCode, client: typeof ConnectionClient, versions }))

/**
 * The signaling of node-webrtc-examples as it was, on Express and libwebrtc, in a process of its own: its argument is the address
 * to listen on. POST /connections waits until gathering is complete. Writes its URL, and ends with its input.
 */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import wrtc from '@roamhq/wrtc'
import express from 'express'

const TIME_TO_HOST_CANDIDATES = 3000

const [host = ''] = process.argv.slice(2)
const connections = new Map<string, RTCPeerConnection>()
const app = express()
app.use(express.json())
app.get('/', (_request, response) => { response.type('text/html').send('<!doctype html>') })

app.post('/connections', async (_request, response) => {
  const id = randomUUID()
  const peerConnection = new wrtc.RTCPeerConnection()
  connections.set(id, peerConnection)
  const channel = peerConnection.createDataChannel('echo')
  channel.onmessage = ({ data }) => channel.send(data)
  await peerConnection.setLocalDescription(await peerConnection.createOffer())
  await gathered(peerConnection)
  const { iceConnectionState, localDescription, signalingState } = peerConnection
  response.send({ id, state: 'open', iceConnectionState, localDescription, remoteDescription: null, signalingState })
})

app.post('/connections/:id/remote-description', async (request, response) => {
  const peerConnection = connections.get(request.params.id)!
  await peerConnection.setRemoteDescription(request.body)
  response.send(request.body)
})

app.delete('/connections/:id', (request, response) => {
  const { id } = request.params
  connections.get(id)?.close()
  connections.delete(id)
  response.send({ id, state: 'closed' })
})

const server = app.listen(0, host)
// As Fastify has it, for who asks seldom.
server.keepAliveTimeout = 72_000
await once(server, 'listening')
console.log(`http://${host}:${(server.address() as AddressInfo).port}`)

await once(process.stdin.resume(), 'end')
process.exit()

async function gathered (peerConnection: RTCPeerConnection): Promise<void> {
  if (peerConnection.iceGatheringState === 'complete') return
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('Timed out waiting for host candidates')), TIME_TO_HOST_CANDIDATES)
    peerConnection.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate) return
      clearTimeout(timer)
      resolve()
    })
  })
}

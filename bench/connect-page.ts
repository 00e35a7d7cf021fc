/** Runs in the page: each flow connects once to the server at an origin, and answers with the milliseconds from the first call to the first message back. */
import geckos from '@geckos.io/client'
import { ConnectionClient, type CreateConnectionOptions } from '../generated-client/index.js'
import type { ContestantName } from './contestants.js'

type Flow = (origin: string) => Promise<number>

declare global {
  interface Window {
    flows: Record<ContestantName, Flow>
    gc?: () => void
  }
}

window.flows = {
  'two peers in one page': connectInPage,
  'client offers': origin => offer(origin),
  'server offers': origin => answer(origin),
  'client offers, trickle': origin => offer(origin, { trickle: true }),
  'server offers, trickle': origin => answer(origin, { trickle: true }),
  'client offers, other origin': origin => offer(origin),
  'server offers, other origin': origin => answer(origin),
  'geckos.io': connectByGeckos,
  predecessor: connectToPredecessor
}

/** With trickle: what the browser itself needs. */
async function connectInPage (): Promise<number> {
  const start = performance.now()
  const [near, far] = [new RTCPeerConnection(), new RTCPeerConnection()]
  near.onicecandidate = ({ candidate }) => { far.addIceCandidate(candidate ?? undefined) }
  far.onicecandidate = ({ candidate }) => { near.addIceCandidate(candidate ?? undefined) }
  far.ondatachannel = ({ channel }) => { channel.onmessage = ({ data }) => channel.send(data) }
  const back = firstMessageBack(near.createDataChannel('echo'))
  await near.setLocalDescription()
  await far.setRemoteDescription(near.localDescription!)
  await far.setLocalDescription()
  await near.setRemoteDescription(far.localDescription!)
  await back
  return finish(start, near, far)
}

async function offer (origin: string, options: Pick<CreateConnectionOptions, 'trickle'> = {}): Promise<number> {
  const start = performance.now()
  let back: Promise<void> | undefined
  const peerConnection = await clientOf(origin).createConnection({
    ...options,
    beforeOffer (peerConnection) { back = firstMessageBack(peerConnection.createDataChannel('echo')) }
  })
  await back
  return finish(start, peerConnection)
}

async function answer (origin: string, options: Pick<CreateConnectionOptions, 'trickle'> = {}): Promise<number> {
  const start = performance.now()
  let back: Promise<void> | undefined
  const peerConnection = await clientOf(origin).createConnection({
    ...options,
    beforeAnswer (peerConnection) { back = firstMessageBack(peerConnection.createDataChannel('echo', { negotiated: true, id: 0 })) }
  })
  await back
  return finish(start, peerConnection)
}

function clientOf (origin: string): ConnectionClient {
  return new ConnectionClient({ baseUrl: `${origin}/echo` })
}

async function connectByGeckos (origin: string): Promise<number> {
  const start = performance.now()
  const channel = geckos({ url: origin, port: 0 })
  await new Promise<void>((resolve, reject) => {
    channel.on('echo', () => resolve())
    channel.onConnect(error => {
      if (error) reject(error)
      else channel.emit('echo', 'ping', { reliable: true })
    })
  })
  const duration = performance.now() - start
  channel.close()
  return duration
}

/** The client of node-webrtc-examples: it answers at once, whatever it has gathered. */
async function connectToPredecessor (origin: string): Promise<number> {
  const start = performance.now()
  const { id, localDescription } = await (await fetch(`${origin}/connections`, { method: 'POST' })).json()
  const peerConnection = new RTCPeerConnection()
  await peerConnection.setRemoteDescription(localDescription)
  const back = new Promise<void>(resolve => {
    peerConnection.ondatachannel = ({ channel }) => { resolve(firstMessageBack(channel)) }
  })
  await peerConnection.setLocalDescription(await peerConnection.createAnswer())
  await fetch(`${origin}/connections/${id}/remote-description`, {
    method: 'POST',
    body: JSON.stringify(peerConnection.localDescription),
    headers: { 'content-type': 'application/json' }
  })
  await back
  const duration = finish(start, peerConnection)
  await fetch(`${origin}/connections/${id}`, { method: 'DELETE' })
  return duration
}

function firstMessageBack (channel: RTCDataChannel): Promise<void> {
  return new Promise(resolve => {
    channel.onopen = () => channel.send('ping')
    channel.onmessage = () => resolve()
  })
}

function finish (start: number, ...peerConnections: RTCPeerConnection[]): number {
  const duration = performance.now() - start
  for (const peerConnection of peerConnections) peerConnection.close()
  return duration
}

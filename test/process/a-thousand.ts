/** Runs in a process of its own: 1,000 connections opened and closed, then 1,000 offers that nobody answers. Writes what the process holds before and after, and has to end by itself. */
import { readdirSync } from 'node:fs'
import Fastify from 'fastify'
import signaling, { ConnectionManager, type WebRtcConnection } from '../../plugin/index.js'
import { livePeerConnections } from '../../plugin/peer/native-connection.js'
import { within } from '../helpers/deadline.js'
import { NativePeer, withoutCandidates } from '../helpers/native-peer.js'

const COUNT = 1000
const AT_A_TIME = 10

let onClosed = () => {}
const opened = new ConnectionManager({ bindAddress: '127.0.0.1', maxEventLoopDelay: Infinity, onClosed: () => onClosed() })
const unanswered = new ConnectionManager({ bindAddress: '127.0.0.1', maxPendingConnections: COUNT, maxPendingConnectionsPerAddress: COUNT, maxConnectionsPerAddress: COUNT, maxEventLoopDelay: Infinity, timeToConnected: 2000, onClosed: () => onClosed() })
const app = Fastify()
app.register(signaling, { prefix: '/opened', connections: opened, beforeOffer: peerConnection => { peerConnection.createDataChannel('x', { negotiated: true, id: 0 }) } })
app.register(signaling, { prefix: '/unanswered', connections: unanswered })

// The native threads and what they poll with come with the first connections.
await openAndClose(20 * AT_A_TIME)
const before = held()
await openAndClose(COUNT)
const afterOpened = await heldAtRest()

let created = 0
for (let number = 0; number < COUNT; number++) {
  const { statusCode } = await app.inject({ method: 'POST', url: '/unanswered/connections' })
  if (statusCode === 201) created++
}
await untilEmpty()
const afterUnanswered = await heldAtRest()
console.log(JSON.stringify({ before, afterOpened, created, afterUnanswered }))
await app.close()

async function openAndClose (count: number): Promise<void> {
  let started = 0
  await Promise.all(Array.from({ length: AT_A_TIME }, async () => {
    while (started++ < count) await openAndCloseOne()
  }))
  await untilEmpty()
}

async function openAndCloseOne (): Promise<void> {
  const { id, localDescription } = (await app.inject({ method: 'POST', url: '/opened/connections' })).json<WebRtcConnection>()
  const farEnd = new NativePeer()
  const sdp = farEnd.answer(withoutCandidates(localDescription!.sdp))
  await app.inject({ method: 'POST', url: `/opened/connections/${id}/remote-description`, payload: { type: 'answer', sdp } })
  farEnd.addCandidates(localDescription!.sdp)
  await farEnd.connected()
  await app.inject({ method: 'DELETE', url: `/opened/connections/${id}` })
  await farEnd.close()
}

/** Settles when no connection and no native peer is left. */
async function untilEmpty (): Promise<void> {
  const isEmpty = new Promise<void>(resolve => {
    onClosed = () => { if (opened.size + unanswered.size === 0) resolve() }
    onClosed()
  })
  await within(isEmpty, 'every connection to close', 30_000)
  for (let turn = 0; livePeerConnections() > 0 && turn < 10_000; turn++) await new Promise(setImmediate)
}

/** The native side closes its sockets on its own threads and tells nobody: read again until they are closed, for 5 s at most. */
async function heldAtRest (): Promise<ReturnType<typeof held>> {
  const end = performance.now() + 5000
  while (held().fileDescriptors > before.fileDescriptors && performance.now() < end) await new Promise(setImmediate)
  return held()
}

function held () {
  return {
    connections: opened.size + unanswered.size,
    live: livePeerConnections(),
    fileDescriptors: readdirSync('/proc/self/fd').length,
    threads: readdirSync('/proc/self/task').length,
    timers: process.getActiveResourcesInfo().filter(name => name === 'Timeout').length
  }
}

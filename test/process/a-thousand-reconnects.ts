/** Runs in a process of its own: some connections that reconnect 1,000 times, every second time to a far end that connects. Writes what the process holds before and after, and has to end by itself. */
import { readdirSync } from 'node:fs'
import { ConnectionManager, type Connection } from '../../plugin/index.js'
import { livePeerConnections } from '../../plugin/peer/native-connection.js'
import { within } from '../helpers/deadline.js'
import { NativePeer, withoutCandidates } from '../helpers/native-peer.js'

const COUNT = 500
const AT_A_TIME = 25

const manager = new ConnectionManager({ bindAddress: '127.0.0.1', maxEventLoopDelay: Infinity, maxReconnectsPerMinute: Infinity, timeToConnected: 60_000, timeToReconnected: 60_000 })
const clients = await Promise.all(Array.from({ length: AT_A_TIME }, async () => ({ connection: await manager.createConnection(), farEnd: undefined as NativePeer | undefined })))
for (const { connection } of clients) connection.context.reconnects = 0

await reconnect(COUNT)
const before = await heldAtRest()
await reconnect(COUNT)
const after = await heldAtRest(before)
const reconnects = clients.reduce((sum, { connection }) => sum + Number(connection.context.reconnects), 0)
const states = clients.map(({ connection }) => connection.peerConnection.connectionState)
await Promise.all([manager.close(), ...clients.map(({ farEnd }) => farEnd?.close())])
console.log(JSON.stringify({ before, after, reconnects, states }))

async function reconnect (count: number): Promise<void> {
  await Promise.all(clients.map(async client => {
    for (let number = 1; number <= count / AT_A_TIME; number++) await reconnectOnce(client, number % 2 === 0)
  }))
}

/** The far end of the old peer is still there when the server gives it up. */
async function reconnectOnce (client: { connection: Connection, farEnd?: NativePeer }, connects: boolean): Promise<void> {
  const { connection, farEnd: old } = client
  const { localDescription } = await connection.reconnect({
    reconnectToken: connection.reconnectToken,
    hook: peerConnection => { peerConnection.createDataChannel('x', { negotiated: true, id: 0 }) }
  })
  connection.context.reconnects = Number(connection.context.reconnects) + 1
  client.farEnd = undefined
  await old?.close()
  if (!connects) return
  client.farEnd = new NativePeer()
  const connected = new Promise<void>(resolve => connection.peerConnection.addEventListener('connectionstatechange', ({ target }) => { if (target.connectionState === 'connected') resolve() }))
  await connection.setRemoteDescription({ type: 'answer', sdp: client.farEnd.answer(withoutCandidates(localDescription!.sdp)) })
  client.farEnd.addCandidates(localDescription!.sdp)
  await Promise.all([client.farEnd.connected(), within(connected, 'the server to be connected')])
}

/** The native side closes its sockets on its own threads and tells nobody: read again until they are closed, for 5 s at most. */
async function heldAtRest (expected?: ReturnType<typeof held>) {
  const end = performance.now() + 5000
  const isAtRest = () => livePeerConnections() === AT_A_TIME && held().fileDescriptors <= (expected?.fileDescriptors ?? 0)
  while (!isAtRest() && performance.now() < end) await new Promise(resolve => setTimeout(resolve, 50))
  globalThis.gc!()
  return held()
}

function held () {
  return {
    live: livePeerConnections(),
    pending: manager.pendingSize,
    fileDescriptors: readdirSync('/proc/self/fd').length,
    threads: readdirSync('/proc/self/task').length,
    megabytes: Math.round(process.memoryUsage.rss() / 1e6)
  }
}

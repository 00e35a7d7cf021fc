/** Runs in a worker thread: tries what the plugin offers. Posts what it is told. */
import { parentPort } from 'node:worker_threads'
import Fastify from 'fastify'
import signaling, { ConnectionManager } from '../../plugin/index.js'
import { DEFAULT_PEER_LIMITS } from '../../plugin/peer/limits.js'
import { PeerConnection } from '../../plugin/peer/peer-connection.js'

const USES: Record<string, () => unknown> = {
  'a peer': () => new PeerConnection(DEFAULT_PEER_LIMITS, () => {}).setLocalDescription(),
  'a manager': () => new ConnectionManager(),
  'the plugin': () => Fastify().register(signaling).ready()
}

const told: Record<string, string> = {}
for (const [name, use] of Object.entries(USES)) {
  try {
    await use()
    told[name] = 'nothing'
  } catch (error) {
    told[name] = (error as Error).message
  }
}
parentPort!.postMessage(told)

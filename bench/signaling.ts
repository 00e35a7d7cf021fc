import { fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent } from 'node:http'
import { fileURLToPath } from 'node:url'
import type { WebRtcConnection } from '../plugin/index.js'
import { startChild } from '../test/helpers/child.js'
import { NativePeer, withoutCandidates, type NativeChannel } from '../test/helpers/native-peer.js'
import { ask } from './http-request.js'
import type { BareRequest, BareResponse } from './servers/bare.js'

const HOST = '127.0.0.1'
const DEADLINE = 840_000
const EXPOSE_GC = '--expose-gc'

/** How far ends in this process come to the peers of a server in another one. */
export interface Signaling {
  /** Of the server. */
  pid: number
  /** The server offers. */
  create (): Promise<{ id: string, sdp: string }>
  answer (id: string, sdp: string): Promise<void>
  remove (id: string): Promise<void>
  /** Of the server. */
  collectGarbage (): void
  end (): Promise<void>
}

/** A far end that is connected, and its channel. */
export interface FarEnd {
  id: string
  peer: NativePeer
  channel: NativeChannel
}

/** This plugin, over HTTP. Its peers have one UDP port if it is given. */
export async function startPlugin (udpPort?: number): Promise<Signaling> {
  const server = startChild(new URL('servers/fastify-webrtc.ts', import.meta.url), { args: argumentsOf(udpPort), execArgv: [EXPOSE_GC], deadline: DEADLINE })
  const url = `${await server.line()}/echo/connections`
  const agent = new Agent({ keepAlive: true, maxSockets: 256 })
  return {
    pid: server.process.pid!,
    async create () {
      const { id, localDescription } = await askForSuccess(agent, 'POST', url) as WebRtcConnection
      return { id, sdp: localDescription!.sdp }
    },
    async answer (id, sdp) { await askForSuccess(agent, 'POST', `${url}/${id}/remote-description`, { type: 'answer', sdp }) },
    async remove (id) { await askForSuccess(agent, 'DELETE', `${url}/${id}`) },
    collectGarbage: () => server.write('collect garbage'),
    async end () {
      agent.destroy()
      server.process.stdin!.end()
      await server.ended
    }
  }
}

/** node-datachannel by itself, over the channel that Node has between processes. */
export async function startBare (udpPort?: number): Promise<Signaling> {
  const server = fork(fileURLToPath(new URL('servers/bare.ts', import.meta.url)), argumentsOf(udpPort), { execArgv: [...process.execArgv, EXPOSE_GC] })
  const waiting = new Map<number, { resolve: (response: BareResponse) => void, reject: (error: Error) => void }>()
  let count = 0
  server.on('message', (response: BareResponse) => {
    waiting.get(response.number)!.resolve(response)
    waiting.delete(response.number)
  })
  server.on('exit', (code, signal) => { for (const { reject } of waiting.values()) reject(new Error(`the process of node-datachannel has ended: ${signal ?? code}`)) })
  // What is left of a union when each member loses a property.
  const say = (request: BareRequest extends infer Each ? Each extends BareRequest ? Omit<Each, 'number'> : never : never) => new Promise<BareResponse>((resolve, reject) => {
    const number = count++
    waiting.set(number, { resolve, reject })
    server.send({ number, ...request })
  })
  await once(server, 'spawn')
  return {
    pid: server.pid!,
    async create () {
      const { id, sdp } = await say({ name: 'create' })
      return { id: id!, sdp: sdp! }
    },
    async answer (id, sdp) { await say({ name: 'answer', id, sdp }) },
    async remove (id) { await say({ name: 'remove', id }) },
    collectGarbage () { say({ name: 'collect garbage' }) },
    async end () {
      server.disconnect()
      await once(server, 'exit')
    }
  }
}

/** Connects a far end that holds, as clients should. All of this process have one port, for what they cost is not to be measured; a server that has one port itself takes no two from the same. */
export async function connect (signaling: Signaling, { hasOwnPort = false } = {}): Promise<FarEnd> {
  const { id, sdp } = await signaling.create()
  const peer = new NativePeer({ enableIceUdpMux: !hasOwnPort })
  try {
    const answer = peer.answer(withoutCandidates(sdp))
    const channel = peer.createDataChannel('echo', { negotiated: true, id: 0 })
    await signaling.answer(id, answer)
    peer.addCandidates(sdp)
    await peer.connected()
    await channel.opened()
    return { id, peer, channel }
  } catch (error) {
    await peer.close()
    throw error
  }
}

export async function disconnect (signaling: Signaling, { id, peer }: FarEnd): Promise<void> {
  await signaling.remove(id)
  await peer.close()
}

function argumentsOf (udpPort: number | undefined): string[] {
  return udpPort === undefined ? [HOST] : [HOST, String(udpPort)]
}

async function askForSuccess (agent: Agent, method: string, url: string, body?: object): Promise<unknown> {
  const { status, text } = await ask(method, url, { agent, body })
  if (status >= 300) throw new Error(`${method} ${url}: ${status} ${text}`)
  return JSON.parse(text)
}

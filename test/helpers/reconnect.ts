import type { Test } from 'tap'
import type { CloseReason, Connection, HookContext, PeerConnection, WebRtcConnection, WebRtcError } from '../../plugin/index.js'
import { within } from './deadline.js'
import { connect, createFarEnd } from './handshake.js'
import { withoutCandidates, type NativePeer } from './native-peer.js'
import { createServer, type JsonAnswer, type TestServer, type TestServerOptions } from './server.js'

/** What happened, in order, and a way to wait for it. */
export class Journal {
  readonly entries: string[] = []
  #onEntry = () => {}

  add (entry: string): void {
    this.entries.push(entry)
    this.#onEntry()
  }

  /** Settles when the entry is there for the given time. One waiter at a time. */
  async until (entry: string, count = 1, milliseconds?: number): Promise<void> {
    await within(new Promise<void>(resolve => {
      this.#onEntry = () => { if (this.entries.filter(found => found === entry).length >= count) resolve() }
      this.#onEntry()
    }), `${entry}, ${count} times, after ${this.entries.join(', ')}`, milliseconds)
  }
}

export interface ReconnectServer {
  server: TestServer
  journal: Journal
  /** The connection that was connected, the domain's own. */
  connection: Connection
  id: string
  /** The token of the connection's first answer. */
  token: string
  farEnd: NativePeer
}

export interface ReconnectServerOptions extends TestServerOptions {
  /** What a hook does for every peer but the first. */
  onReconnect?: (peerConnection: PeerConnection, context: HookContext) => unknown
}

/** A server that answers pings and counts them in the connection's context, with one connection that is connected. */
export async function reconnectServer (t: Test, { onReconnect, ...options }: ReconnectServerOptions = {}): Promise<ReconnectServer> {
  const journal = new Journal()
  const hook = (name: string) => (peerConnection: PeerConnection, context: HookContext) => {
    const { connection, isReconnect } = context
    journal.add(`${name}${isReconnect ? ' again' : ''}`)
    peerConnection.addEventListener('datachannel', ({ channel }) => answerPings(connection, channel))
    if (isReconnect) return onReconnect?.(peerConnection, context)
  }
  const server = await createServer(t, {
    beforeOffer: hook('beforeOffer'),
    beforeAnswer: hook('beforeAnswer'),
    ...options,
    onConnected: connection => { journal.add('connected'); return options.onConnected?.(connection) },
    onDisconnected: connection => { journal.add('disconnected'); return options.onDisconnected?.(connection) },
    onClosed: (connection: Connection, reason: CloseReason) => { journal.add(`closed: ${reason}`); return options.onClosed?.(connection, reason) }
  })
  const { connection: { id, reconnectToken }, farEnd } = await connect(t, server)
  return { server, journal, connection: server.connections.getConnection(id)!, id, token: reconnectToken!, farEnd }
}

function answerPings ({ context }: Connection, channel: { addEventListener: (type: 'message', listener: () => void) => void, send: (data: string) => void }): void {
  channel.addEventListener('message', () => {
    context.pings = Number(context.pings ?? 0) + 1
    channel.send(`pong ${context.pings}`)
  })
}

/** Asks for another peer; with an offer the server answers. */
export function reconnect (server: TestServer, id: string, reconnectToken: unknown, offer?: string): Promise<JsonAnswer<WebRtcConnection & WebRtcError>> {
  return server.request('POST', `/connections/${id}/reconnect`, { reconnectToken, ...offer !== undefined && { remoteDescription: { type: 'offer', sdp: offer } } })
}

/** A new far end for the connection, connected by way of the server's offer. */
export async function connectAgain (t: Test, server: TestServer, id: string, { statusCode, json, body }: JsonAnswer<WebRtcConnection>): Promise<NativePeer> {
  if (statusCode !== 200) throw new Error(`reconnect: expected 200, found ${statusCode} ${body}`)
  const farEnd = createFarEnd(t)
  const { sdp } = json.localDescription!
  const { statusCode: answered, body: text } = await server.setRemoteDescription(id, farEnd.answer(withoutCandidates(sdp)))
  if (answered !== 200) throw new Error(`setRemoteDescription: expected 200, found ${answered} ${text}`)
  farEnd.addCandidates(sdp)
  await farEnd.connected()
  return farEnd
}

/** What comes back for a ping on a channel of the far end's own. */
export async function ping (farEnd: NativePeer, label = 'ping'): Promise<unknown> {
  const channel = farEnd.createDataChannel(label)
  await channel.opened()
  channel.send('ping')
  return (await channel.messages(1))[0]
}

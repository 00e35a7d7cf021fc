import { ConnectionError, type ConnectOptions, type Environment } from '../../generated-client/index.js'
import { ClientConnection, type Established, type Signaling } from '../../generated-client/client-connection.js'
import type { ServerConnection } from '../../generated-client/handshake.js'
import type { ServerEnd } from '../../generated-client/server-end.js'

/** What the server says of each of its peers. */
export const DESCRIPTION = { type: 'offer' as const, sdp: 'v=0\r\n' }

/** A clock that a test moves, and a network that it wakes. */
export class FakeEnvironment implements Environment {
  time = 1_000_000
  luck = 0.5
  readonly #timers = new Map<number, { at: number, callback: () => void }>()
  readonly #wakers = new Set<() => void>()
  #lastTimer = 0

  readonly now = (): number => this.time
  readonly random = (): number => this.luck

  readonly setTimeout = (callback: () => void, time: number): unknown => {
    this.#timers.set(++this.#lastTimer, { at: this.time + time, callback })
    return this.#lastTimer
  }

  readonly clearTimeout = (timer: unknown): void => { this.#timers.delete(timer as number) }

  readonly onWake = (callback: () => void): (() => void) => {
    this.#wakers.add(callback)
    return () => { this.#wakers.delete(callback) }
  }

  get wakers (): number {
    return this.#wakers.size
  }

  /** How many timers run. */
  get timers (): number {
    return this.#timers.size
  }

  /** Runs the timers that are due within the time, in order, and what they set off. */
  async pass (time: number): Promise<void> {
    const end = this.time + time
    for (;;) {
      await settle()
      const [next] = [...this.#timers].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at)
      if (!next) break
      const [timer, { at, callback }] = next
      this.#timers.delete(timer)
      this.time = Math.max(this.time, at)
      callback()
    }
    this.time = end
    await settle()
  }

  async wake (): Promise<void> {
    for (const callback of [...this.#wakers]) callback()
    await settle()
  }
}

/** Lets promises that are due settle. */
export async function settle (): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate)
}

class FakeTransport extends EventTarget {
  state = 'connected'

  become (state: string): void {
    this.state = state
    this.dispatchEvent(new Event('statechange'))
  }
}

export class FakeChannel extends EventTarget {
  close (): void {
    this.dispatchEvent(new Event('close'))
  }
}

/** As much of a peer as the client looks at. */
export class FakePeer extends EventTarget {
  connectionState = 'new'
  isClosed = false
  sctp: FakeTransport | null = new FakeTransport()

  become (state: string): void {
    this.connectionState = state
    this.dispatchEvent(new Event('connectionstatechange'))
  }

  createDataChannel (): FakeChannel {
    return new FakeChannel()
  }

  close (): void {
    this.isClosed = true
    this.connectionState = 'closed'
  }
}

/** How an attempt goes: with an error, or with what the peer becomes. */
export type Outcome = 'connected' | 'stays new' | 'never answers' | 'answers too late' | 'without transports' | Error

export function refusal (statusCode: number | undefined, code = 'FST_WEBRTC_X', retryAfter?: number): ConnectionError {
  return new ConnectionError('refused', { code, statusCode, retryAfter })
}

/** A connection whose attempts go as they are told, one after the other, and then well. */
export function fakeConnection (options: ConnectOptions = {}, outcomes: Outcome[] = []) {
  const environment = new FakeEnvironment()
  const peers: FakePeer[] = []
  const asked: (ServerConnection | undefined)[] = []
  const deleted: string[] = []
  const log: string[] = []
  const server: { end: ServerEnd, questions: number } = { end: 'unknown', questions: 0 }
  const signaling: Signaling = {
    async establish ({ beforeAnswer, beforeOffer, signal }, existing): Promise<Established> {
      asked.push(existing)
      const outcome = outcomes.shift() ?? 'connected'
      if (outcome instanceof Error) throw outcome
      const peer = new FakePeer()
      peers.push(peer)
      if (outcome === 'without transports') peer.sctp = null
      const peerConnection = peer as unknown as RTCPeerConnection
      await (beforeAnswer ?? beforeOffer)!(peerConnection)
      if (outcome === 'never answers') await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      if (outcome === 'answers too late') await new Promise(resolve => signal.addEventListener('abort', resolve))
      if (outcome !== 'stays new') setImmediate(() => peer.become('connected'))
      return { id: existing?.id ?? `id ${asked.length}`, reconnectToken: `token ${asked.length}`, localDescription: DESCRIPTION, peerConnection }
    },
    ask: async () => {
      server.questions++
      return server.end
    },
    delete: id => { deleted.push(id) }
  }
  const connection = new ClientConnection(signaling, options, environment)
  for (const type of ['connecting', 'connected', 'reconnecting', 'reconnected', 'closed'] as const) {
    connection.addEventListener(type, event => {
      const { attempt, delay, reason, error, isServerStateLost } = event as { attempt?: number, delay?: number, reason?: string, error?: Error, isServerStateLost?: boolean }
      log.push([type, attempt, delay, reason, isServerStateLost, (error as ConnectionError | undefined)?.code].filter(part => part !== undefined).join(' '))
    })
  }
  return { connection, environment, peers, asked, deleted, log, server }
}

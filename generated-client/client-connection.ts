import { backoff } from './backoff.js'
import type { ClientConnectionEventMap, ClosedReason } from './client-connection-event.js'
import type { ConnectContext, ConnectHook, ConnectOptions } from './connect-options.js'
import { ConnectionError } from './connection-error.js'
import type { Environment } from './environment.js'
import { isForgotten, reasonToClose } from './failed-attempt.js'
import type { NegotiationOptions, PeerConnectionHook, ServerConnection } from './handshake.js'
import { PeerWatch, type LossReason } from './peer-watch.js'
import type { ServerEnd } from './server-end.js'

export type ClientConnectionState = 'connecting' | 'connected' | 'reconnecting' | 'closed'

/** A handshake that went well. */
export interface Established extends ServerConnection {
  peerConnection: RTCPeerConnection
}

export interface EstablishOptions extends NegotiationOptions {
  beforeAnswer?: PeerConnectionHook
  beforeOffer?: PeerConnectionHook
  signal?: AbortSignal
}

/** What the connection does by way of the server. */
export interface Signaling {
  /** A peer that is about to connect, of the connection that there is or of a new one. */
  establish: (options: EstablishOptions & { signal: AbortSignal }, existing?: ServerConnection) => Promise<Established>
  ask: (connection: ServerConnection) => Promise<ServerEnd>
  delete: (id: string) => void
}

/** No two attempts begin at shorter intervals, in milliseconds, whatever the network says of itself. */
const MIN_INTERVAL = 500

/** A connection that outlives its peers: it notices when one is lost, and gets another from the server. */
export class ClientConnection extends EventTarget {
  /** Settles with the last event. */
  readonly closed: Promise<ClientConnectionEventMap['closed']>
  readonly #signaling: Signaling
  readonly #options: ConnectOptions
  readonly #environment: Environment
  readonly #ended = new AbortController()
  #onClosed!: (event: ClientConnectionEventMap['closed']) => void
  #state: ClientConnectionState = 'connecting'
  #peerConnection: RTCPeerConnection | undefined
  #watch: PeerWatch | undefined
  #server: ServerConnection | undefined
  #isServerStateLost = false
  #lastAttempt = -Infinity

  /** Connections are made by ConnectionClient.connect. */
  constructor (signaling: Signaling, options: ConnectOptions, environment: Environment) {
    super()
    this.#signaling = signaling
    this.#options = options
    this.#environment = environment
    this.closed = new Promise(resolve => { this.#onClosed = resolve })
    const { signal } = options
    signal?.addEventListener('abort', () => this.close(), { once: true, signal: this.#ended.signal })
    // Not before whoever called has had the time to listen.
    queueMicrotask(() => {
      if (signal?.aborted) this.close()
      this.#live()
    })
  }

  get state (): ClientConnectionState {
    return this.#state
  }

  /** The one there is, connected or not; undefined while there is none. */
  get peerConnection (): RTCPeerConnection | undefined {
    return this.#peerConnection
  }

  /** Closes both ends for good. Harmless when called again. */
  close (): void {
    this.#end('application')
  }

  override addEventListener<Type extends keyof ClientConnectionEventMap> (type: Type, listener: (event: ClientConnectionEventMap[Type]) => unknown, options?: AddEventListenerOptions | boolean): void {
    super.addEventListener(type, listener as EventListener, options)
  }

  override removeEventListener<Type extends keyof ClientConnectionEventMap> (type: Type, listener: (event: ClientConnectionEventMap[Type]) => unknown, options?: EventListenerOptions | boolean): void {
    super.removeEventListener(type, listener as EventListener, options)
  }

  async #live (): Promise<void> {
    let reason: LossReason | undefined
    while (this.#state !== 'closed') {
      if (!await this.#getConnected(reason)) return
      const isReconnect = reason !== undefined
      this.#state = 'connected'
      this.#dispatch(isReconnect ? 'reconnected' : 'connected', isReconnect ? { isServerStateLost: this.#isServerStateLost } : {})
      reason = await this.#watch!.lost
      // Before it can have been started again: one that says goodbye and is still there meant it.
      if (reason === 'closed' && await this.#ask() === 'forgotten') this.#end('server')
    }
  }

  /** Whether there is a connected peer in the end. */
  async #getConnected (reason: LossReason | undefined): Promise<boolean> {
    const { timeToGiveUp = 120_000 } = this.#options
    const { now, random } = this.#environment
    const giveUpAt = now() + timeToGiveUp
    this.#isServerStateLost = false
    let error: unknown
    for (let attempt = 1; this.#state !== 'closed'; attempt++) {
      const retryAfter = error instanceof ConnectionError ? error.retryAfter : undefined
      // A server that has forgotten the connection is there: no need to wait for it.
      const isAtOnce = isForgotten(error) || (attempt === 1 && !reason)
      const delay = isAtOnce ? 0 : Math.round(backoff(attempt, retryAfter, random))
      this.#state = reason ? 'reconnecting' : 'connecting'
      this.#dispatch(this.#state, { attempt, delay, ...reason && { reason }, ...error !== undefined && { error } })
      await this.#sleep(Math.min(delay, giveUpAt - now()), retryAfter === undefined)
      if (this.#ended.signal.aborted) return false
      if (now() >= giveUpAt) {
        this.#end('gave-up', error)
        return false
      }
      error = await this.#attempt(reason, Math.min(giveUpAt - now(), this.#options.timeToConnected ?? 10_000))
      if (error === undefined) return true
      if (isForgotten(error)) {
        this.#isServerStateLost = true
        this.#server = undefined
      }
      const ended = reasonToClose(error)
      if (ended) this.#end(ended, error)
    }
    return false
  }

  /** What it ended with; undefined when the peer is connected. */
  async #attempt (reason: LossReason | undefined, time: number): Promise<unknown> {
    const { setTimeout, clearTimeout, now } = this.#environment
    this.#lastAttempt = now()
    this.#discardPeer()
    const controller = new AbortController()
    const abort = () => controller.abort(new ConnectionError(`No peer was connected within ${Math.round(time)} ms`, { code: 'TIMED_OUT' }))
    const timer = setTimeout(abort, time)
    this.#ended.signal.addEventListener('abort', abort)
    const context = { isReconnect: reason !== undefined, isServerStateLost: this.#isServerStateLost }
    const error = await this.#connect(context, controller.signal).catch((error: unknown) => error)
    clearTimeout(timer)
    this.#ended.signal.removeEventListener('abort', abort)
    return error
  }

  async #connect (context: ConnectContext, signal: AbortSignal): Promise<void> {
    await this.#establish(context, signal)
    const watch = this.#watch!
    const lost = watch.lost.then(() => { throw new ConnectionError('The peer could not connect', { code: 'NOT_CONNECTED' }) })
    const aborted = new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    await Promise.race([watch.connected, lost, aborted])
  }

  async #establish (context: ConnectContext, signal: AbortSignal): Promise<void> {
    const { beforeAnswer, beforeOffer, stereo, trickle, renegotiate, onNegotiationError } = this.#options
    const prepare = (hook?: ConnectHook) => async (peerConnection: RTCPeerConnection) => {
      this.#adoptPeer(peerConnection)
      try {
        await hook?.(peerConnection, context)
      } catch (cause) {
        throw new ConnectionError('A hook failed', { code: 'HOOK_FAILED', cause })
      }
    }
    const hooks = beforeOffer ? { beforeOffer: prepare(beforeOffer) } : { beforeAnswer: prepare(beforeAnswer) }
    const { peerConnection, id, reconnectToken, localDescription } = await this.#signaling.establish({ ...hooks, stereo, trickle, renegotiate, onNegotiationError, signal }, this.#server)
    this.#server = { id, reconnectToken, localDescription }
    const { close } = peerConnection
    peerConnection.close = () => {
      close.call(peerConnection)
      if (peerConnection === this.#peerConnection) this.close()
    }
    if (signal.aborted) throw signal.reason
    this.#watch!.watchTransport()
  }

  #adoptPeer (peerConnection: RTCPeerConnection): void {
    const { timeToLost = 3000 } = this.#options
    this.#peerConnection = peerConnection
    this.#watch = new PeerWatch(peerConnection, {
      environment: this.#environment,
      timeToLost,
      ask: () => this.#ask()
    })
  }

  async #ask (): Promise<ServerEnd> {
    return this.#server ? await this.#signaling.ask(this.#server) : 'unknown'
  }

  /** Without the application's being told that it has closed its peer. */
  #discardPeer (): void {
    const peerConnection = this.#peerConnection
    this.#watch?.end()
    this.#peerConnection = undefined
    peerConnection?.close()
  }

  /** Ends early when the network or the page comes back, if it may. */
  async #sleep (time: number, mayEndEarly: boolean): Promise<void> {
    const { setTimeout, clearTimeout, now, onWake } = this.#environment
    const { signal } = this.#ended
    if (time <= 0) return
    await new Promise<void>(resolve => {
      const end = () => {
        stop()
        clearTimeout(timer)
        signal.removeEventListener('abort', end)
        resolve()
      }
      const timer = setTimeout(end, time)
      const stop = onWake(() => { if (mayEndEarly && now() - this.#lastAttempt >= MIN_INTERVAL) end() })
      signal.addEventListener('abort', end)
    })
  }

  #end (reason: ClosedReason, error?: unknown): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#ended.abort()
    this.#watch?.end()
    this.#peerConnection?.close()
    if (this.#server && reason !== 'server' && reason !== 'taken-over') this.#signaling.delete(this.#server.id)
    const event = this.#dispatch('closed', { reason, ...error !== undefined && { error } })
    this.#onClosed(event)
  }

  #dispatch<Type extends keyof ClientConnectionEventMap> (type: Type, details: Omit<ClientConnectionEventMap[Type], keyof Event>): ClientConnectionEventMap[Type] {
    const event = Object.assign(new Event(type), details) as unknown as ClientConnectionEventMap[Type]
    this.dispatchEvent(event)
    return event
  }
}

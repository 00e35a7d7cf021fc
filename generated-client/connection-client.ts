import type { ClientOptions } from 'openapi-fetch'
import { ClientConnection, type EstablishOptions } from './client-connection.js'
import type { ConnectOptions } from './connect-options.js'
import { environment, type Environment } from './environment.js'
import { readEvents, type EventsOptions, type WebRtcEvent } from './events.js'
import { deleteConnection, Handshake, type NegotiationOptions, type PeerConnectionHook, type ServerConnection } from './handshake.js'
import { askForServerEnd } from './server-end.js'
import { createSignalingClient, type SignalingClient } from './signaling-client.js'

/** Everything that openapi-fetch takes, such as `headers`, `credentials` and `fetch`, and how peers are made. */
export interface ConnectionClientOptions extends ClientOptions {
  /** The prefix under which the server registered the plugin; outside a browser, with its origin. */
  baseUrl: string
  /** Default the browser's own. In Node, the one of a WebRTC implementation. */
  RTCPeerConnection?: new (configuration?: RTCConfiguration) => RTCPeerConnection
  /** What each RTCPeerConnection is made with; without `iceServers` of its own it uses those that come with the server's offer. Default nothing. */
  configuration?: RTCConfiguration
  /** `server`: this end asks for the server's ICE servers before it offers, in place of `configuration.iceServers`. It costs a request. Default: an offer is made without. */
  iceServers?: 'server'
}

export type CreateConnectionOptions = NegotiationOptions & {
  /** Gives up: both ends are cleaned up, and the promise rejects with the signal's reason. */
  signal?: AbortSignal
} & (
  | {
    /** The server offers; runs before this end answers. */
    beforeAnswer?: PeerConnectionHook
    beforeOffer?: undefined
  }
  | {
    /** This end offers; runs before it does, and has to make a channel or add a track. */
    beforeOffer: PeerConnectionHook
    beforeAnswer?: undefined
  }
)

/** Connects to the peers of a server that registered fastify-webrtc. */
export class ConnectionClient {
  readonly #api: SignalingClient
  readonly #RTCPeerConnection: ConnectionClientOptions['RTCPeerConnection']
  readonly #configuration: RTCConfiguration | undefined
  readonly #asksForIceServers: boolean

  /** Throws a TypeError when it is given ICE servers and is to ask for them. */
  constructor ({ RTCPeerConnection = globalThis.RTCPeerConnection, configuration, iceServers, ...options }: ConnectionClientOptions) {
    if (iceServers && configuration?.iceServers) throw new TypeError('ConnectionClient: expected iceServers or configuration.iceServers, found both')
    this.#api = createSignalingClient(options)
    this.#RTCPeerConnection = RTCPeerConnection
    this.#configuration = configuration
    this.#asksForIceServers = iceServers === 'server'
  }

  /**
   * Runs the handshake and returns the peer, whose `close()` also closes the server's end. The server offers, unless
   * `beforeOffer` is given. Rejects with a ConnectionError when the server refuses or cannot be reached, with the
   * signal's reason, or with what a hook or the peer threw; nothing is left behind at either end.
   */
  async createConnection (options: CreateConnectionOptions = {}): Promise<RTCPeerConnection> {
    this.#check('createConnection', options)
    options.signal?.throwIfAborted()
    return (await this.#shakeHands(options, environment)).finish({ deletes: true })
  }

  /**
   * Gets connected and stays so until it is closed: a peer that is lost is replaced, and the server's connection with its
   * state stays. Hooks run for each peer. Never throws for what a server does: listen to `closed`. Throws a TypeError for impossible options. `where` is what it needs of the page: timers, clock, network.
   */
  connect (options: ConnectOptions = {}, where: Environment = environment): ClientConnection {
    this.#check('connect', options)
    return new ClientConnection({
      establish: async (options, existing) => {
        const handshake = await this.#shakeHands(options, where, existing)
        return { ...await handshake.created!, peerConnection: handshake.finish({ deletes: false }) }
      },
      ask: connection => askForServerEnd(this.#api, connection),
      delete: id => deleteConnection(this.#api, id)
    }, options, where)
  }

  #check (method: string, { beforeOffer, beforeAnswer }: Pick<ConnectOptions, 'beforeOffer' | 'beforeAnswer'>): void {
    if (beforeOffer && beforeAnswer) throw new TypeError(`${method}: expected beforeOffer or beforeAnswer, found both`)
    if (!this.#RTCPeerConnection) throw new TypeError('ConnectionClient: expected the option RTCPeerConnection where there is no global one')
  }

  async #shakeHands ({ beforeOffer, beforeAnswer, ...options }: EstablishOptions, where: Environment, existing?: ServerConnection): Promise<Handshake> {
    const { signal } = options
    // Asked for before this end's peer is made: the one does not wait for the other.
    const handshake = new Handshake({ ...options, api: this.#api, configuration: this.#configuration, environment: where, existing })
    if (!beforeOffer) handshake.create()
    try {
      handshake.peerConnection = new this.#RTCPeerConnection!(this.#configuration)
      await untilAborted(beforeOffer ? handshake.offer(beforeOffer, this.#asksForIceServers) : handshake.answer(beforeAnswer), signal)
      return handshake
    } catch (error) {
      handshake.abandon()
      throw error
    }
  }

  /**
   * What happens to a connection at the server, each event once and in order, until it has closed; a cut is mended. Throws a
   * ConnectionError when the server refuses, with the code FST_WEBRTC_EVENTS_GONE when it does not keep the next event any more.
   */
  events (id: string, options?: EventsOptions): AsyncGenerator<WebRtcEvent, void> {
    return readEvents(this.#api, id, options)
  }
}

/** Settles as the operation does, unless the signal aborts first. */
async function untilAborted (operation: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (!signal) return await operation
  await new Promise<void>((resolve, reject) => {
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort)
    // A hook may have aborted before there was anybody to hear it.
    if (signal.aborted) abort()
    operation.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

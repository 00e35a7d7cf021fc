import type { ClientOptions } from 'openapi-fetch'
import { isConnecting, joinCandidates, LocalCandidates, splitCandidates } from './candidates.js'
import { ClientConnection, type ConnectOptions, type ServerConnection } from './client-connection.js'
import { ConnectionError, unwrap } from './connection-error.js'
import { environment, type Environment } from './environment.js'
import { readEvents, type EventsOptions, type WebRtcEvent } from './events.js'
import { Renegotiation } from './renegotiation.js'
import type { components } from './schema.js'
import { askForServerEnd } from './server-end.js'
import { createSignalingClient, type SignalingClient } from './signaling-client.js'
import { enableStereoOpus } from './stereo-opus.js'

type WebRtcConnection = components['schemas']['WebRtcConnection']
type WebRtcSessionDescription = components['schemas']['WebRtcSessionDescription']

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

/** Adds tracks, makes channels, listens for channels. May be async. */
export type PeerConnectionHook = (peerConnection: RTCPeerConnection) => unknown

export type CreateConnectionOptions = {
  /** Ask for Opus in stereo. Default false. */
  stereo?: boolean
  /** Gives up: both ends are cleaned up, and the promise rejects with the signal's reason. */
  signal?: AbortSignal
  /** The server's description comes at once, and its candidates as events, for servers that gather slowly, from STUN and TURN servers. It costs a request. Default false. */
  trickle?: boolean
  /** Hear of what the server offers later, by a request that stays open. Default: where the first descriptions have audio or video. What this end offers later needs no option. */
  renegotiate?: boolean
  /** Told of what ended the negotiation while the connection lived: what there is goes on. Default nothing. */
  onNegotiationError?: (error: unknown) => void
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
    return (await this.#shakeHands(options)).finish({ deletes: true })
  }

  /**
   * Gets connected and stays so until it is closed: a peer that is lost is replaced, and the server's connection with its
   * state stays. Hooks run for each peer. Never throws for what a server does: listen to `closed`. Throws a TypeError for impossible options.
   */
  connect (options: ConnectOptions = {}, where: Environment = environment): ClientConnection {
    this.#check('connect', options)
    return new ClientConnection({
      establish: async (options, existing) => {
        const handshake = await this.#shakeHands(options as CreateConnectionOptions, existing)
        return { ...await handshake.created!, peerConnection: handshake.finish({ deletes: false }) }
      },
      ask: id => askForServerEnd(this.#api, id),
      delete: id => deleteConnection(this.#api, id)
    }, options, where)
  }

  #check (method: string, { beforeOffer, beforeAnswer }: Pick<ConnectOptions, 'beforeOffer' | 'beforeAnswer'>): void {
    if (beforeOffer && beforeAnswer) throw new TypeError(`${method}: expected beforeOffer or beforeAnswer, found both`)
    if (!this.#RTCPeerConnection) throw new TypeError('ConnectionClient: expected the option RTCPeerConnection where there is no global one')
  }

  async #shakeHands (options: CreateConnectionOptions, existing?: ServerConnection): Promise<Handshake> {
    const { beforeOffer, beforeAnswer, signal } = options
    // Asked for before this end's peer is made: the one does not wait for the other.
    const handshake = new Handshake(this.#api, options, this.#configuration, existing)
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

/** One attempt to connect, and what it has to clean up. */
class Handshake {
  readonly #api: SignalingClient
  readonly #options: CreateConnectionOptions
  readonly #configuration: RTCConfiguration | undefined
  readonly #existing: ServerConnection | undefined
  #created: Promise<WebRtcConnection> | undefined
  #localCandidates: LocalCandidates | undefined
  #renegotiation: Renegotiation | undefined
  peerConnection!: RTCPeerConnection

  /** With a connection that exists already it gets another peer. */
  constructor (api: SignalingClient, options: CreateConnectionOptions, configuration: RTCConfiguration | undefined, existing: ServerConnection | undefined) {
    this.#api = api
    this.#options = options
    this.#configuration = configuration
    this.#existing = existing
  }

  get created (): Promise<WebRtcConnection> | undefined {
    return this.#created
  }

  /** Not to be aborted: the server's end can only be closed by whoever learns its id. */
  create (remoteDescription?: WebRtcSessionDescription): Promise<WebRtcConnection> {
    this.#options.signal?.throwIfAborted()
    const { trickle } = this.#options
    this.#created = this.#existing
      ? this.#reconnect(this.#existing, remoteDescription)
      : unwrap(this.#api.POST('/connections', remoteDescription || trickle ? { body: { remoteDescription, trickle } } : {}))
    this.#created.catch(() => {})
    return this.#created
  }

  #reconnect ({ id, reconnectToken = '' }: ServerConnection, remoteDescription?: WebRtcSessionDescription): Promise<WebRtcConnection> {
    const { trickle, signal } = this.#options
    return unwrap(this.#api.POST('/connections/{id}/reconnect', { params: { path: { id } }, body: { reconnectToken, remoteDescription, trickle }, signal }))
  }

  /** One round trip: the server's answer comes back with its candidates. Its ICE servers would be another, at the same time as the hook. */
  async offer (beforeOffer: PeerConnectionHook, asksForIceServers: boolean): Promise<void> {
    const { peerConnection } = this
    const asked = asksForIceServers ? unwrap(this.#api.GET('/ice-servers', { signal: this.#options.signal })) : undefined
    const [answer] = await Promise.all([asked, beforeOffer(peerConnection)])
    this.#useIceServers(answer?.iceServers)
    const offer = await this.#setLocalDescription(await peerConnection.createOffer())
    const connection = await this.create(offer)
    this.#renegotiation = this.#createRenegotiation(connection)
    await peerConnection.setRemoteDescription(expectDescription(connection.localDescription))
    this.#trickle(connection)
    this.#listen(offer, connection)
  }

  /**
   * The server's candidates wait until it has this end's answer. With them this end would start DTLS at once, and a
   * ClientHello that reaches the server before the answer is lost: https://github.com/paullouisageneau/libdatachannel/issues/1635
   */
  async answer (beforeAnswer: PeerConnectionHook | undefined): Promise<void> {
    const { peerConnection } = this
    const connection = await this.#created!
    const { id, localDescription, iceServers } = connection
    this.#useIceServers(iceServers)
    const { description, candidates } = splitCandidates(expectDescription(localDescription))
    await peerConnection.setRemoteDescription(description)
    await beforeAnswer?.(peerConnection)
    this.#renegotiation = this.#createRenegotiation(connection)
    const answer = await this.#setLocalDescription(await peerConnection.createAnswer())
    await unwrap(this.#api.POST('/connections/{id}/remote-description', {
      params: { path: { id } },
      body: answer,
      signal: this.#options.signal
    }))
    await Promise.all(candidates.map(candidate => peerConnection.addIceCandidate(candidate)))
    this.#trickle(connection)
    this.#listen(answer, connection)
  }

  /** Hands over the peer, with a `close` that ends its negotiation and, where it `deletes`, the server's end. */
  finish ({ deletes }: { deletes: boolean }): RTCPeerConnection {
    const { peerConnection } = this
    const { close } = peerConnection
    let isClosed = false
    peerConnection.close = () => {
      if (!isClosed && deletes) this.#delete()
      isClosed = true
      this.#renegotiation?.close()
      close.call(peerConnection)
    }
    return peerConnection
  }

  abandon (): void {
    this.#renegotiation?.close()
    this.peerConnection?.close()
    this.#delete()
  }

  /** A connection that was there before stays. */
  #delete (): void {
    if (!this.#existing) this.#created?.then(({ id }) => deleteConnection(this.#api, id)).catch(() => {})
  }

  #createRenegotiation ({ id, lastEventId }: WebRtcConnection): Renegotiation {
    const { onNegotiationError } = this.#options
    return new Renegotiation({ api: this.#api, id, lastEventId, peerConnection: this.peerConnection, prepare: sdp => this.#prepare(sdp), onError: error => onNegotiationError?.(error) })
  }

  #listen ({ sdp }: WebRtcSessionDescription, { localDescription }: WebRtcConnection): void {
    const { renegotiate = [sdp, localDescription!.sdp].some(sdp => /^m=(audio|video) /m.test(sdp)) } = this.#options
    if (renegotiate) this.#renegotiation!.listen()
  }

  #prepare (sdp: string): string {
    return this.#options.stereo ? enableStereoOpus(sdp) : sdp
  }

  /** Before the peer gathers. */
  #useIceServers (iceServers: RTCIceServer[] | undefined): void {
    if (iceServers && !this.#configuration?.iceServers) this.peerConnection.setConfiguration({ ...this.#configuration, iceServers })
  }

  /** Applies the description and settles with what the server is to be told: the same, with the first candidates. */
  async #setLocalDescription ({ type, sdp = '' }: RTCSessionDescriptionInit): Promise<WebRtcSessionDescription> {
    const { peerConnection } = this
    const description = { type: type as WebRtcSessionDescription['type'], sdp: this.#prepare(sdp) }
    this.#localCandidates = new LocalCandidates(peerConnection)
    await peerConnection.setLocalDescription(description)
    return { ...description, sdp: joinCandidates(description.sdp, await this.#localCandidates.first()) }
  }

  /** What both ends gather from now on. What fails here has no consequences: the candidates there are may do. */
  #trickle ({ id, localDescription, lastEventId }: WebRtcConnection): void {
    this.#localCandidates!.trickle(candidates => {
      this.#api.POST('/connections/{id}/remote-candidates', { params: { path: { id } }, body: { candidates } }).catch(() => {})
    })
    if (!/^a=end-of-candidates/m.test(localDescription!.sdp)) this.#readCandidates(id, lastEventId).catch(() => {})
  }

  async #readCandidates (id: string, lastEventId: number): Promise<void> {
    const { peerConnection } = this
    const controller = new AbortController()
    const check = () => { if (!isConnecting(peerConnection)) controller.abort() }
    peerConnection.addEventListener('iceconnectionstatechange', check)
    check()
    try {
      for await (const event of readEvents(this.#api, id, { lastEventId, signal: controller.signal })) {
        if (event.type !== 'candidate') continue
        if (event.candidate.candidate === '') break
        await peerConnection.addIceCandidate(event.candidate)
      }
    } finally {
      peerConnection.removeEventListener('iceconnectionstatechange', check)
    }
  }
}

/** `keepalive`, since a page closes its peers when it is left. A server that cannot be reached notices the end by itself. */
function deleteConnection (api: SignalingClient, id: string): void {
  api.DELETE('/connections/{id}', { params: { path: { id } }, keepalive: true }).catch(() => {})
}

function expectDescription (description: WebRtcSessionDescription | undefined): WebRtcSessionDescription {
  if (!description) throw new ConnectionError('Expected a connection with a localDescription, found one without', { code: 'UNEXPECTED_ANSWER' })
  return description
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

import { ConnectionError, unwrap } from './connection-error.js'
import { joinCandidates, splitCandidates } from './described-candidates.js'
import type { Environment } from './environment.js'
import { readEvents } from './events.js'
import { isConnecting, LocalCandidates } from './local-candidates.js'
import { Renegotiation } from './renegotiation.js'
import type { components } from './schema.js'
import type { SignalingClient } from './signaling-client.js'
import { enableStereoOpus } from './stereo-opus.js'

type WebRtcConnection = components['schemas']['WebRtcConnection']
type WebRtcSessionDescription = components['schemas']['WebRtcSessionDescription']

/** Adds tracks, makes channels, listens for channels. May be async. */
export type PeerConnectionHook = (peerConnection: RTCPeerConnection) => unknown

/** What the ends say to each other, in the handshake and later. */
export interface NegotiationOptions {
  /** Ask for Opus in stereo. Default false. */
  stereo?: boolean
  /** The server's description comes at once, and its candidates as events, for servers that gather slowly, from STUN and TURN servers. It costs a request. Default false. */
  trickle?: boolean
  /** Hear of what the server offers later, by a request that stays open. Default: where the first descriptions have audio or video. What this end offers later needs no option. */
  renegotiate?: boolean
  /** Told of what ended the negotiation while the peer lived: what there is goes on. Default nothing. */
  onNegotiationError?: (error: unknown) => void
}

/** The connection at the server. */
export interface ServerConnection {
  id: string
  reconnectToken?: string
  /** The server's, of the peer that this one has there. */
  localDescription?: WebRtcSessionDescription
}

export interface HandshakeInit extends NegotiationOptions {
  api: SignalingClient
  /** What the peer was made with. */
  configuration: RTCConfiguration | undefined
  /** Gets another peer. Default none: a connection is created. */
  existing?: ServerConnection
  signal?: AbortSignal
  environment: Pick<Environment, 'setTimeout' | 'clearTimeout'>
}

/** How long the connection is waited for once nobody wants it any more, in milliseconds. A server that has not answered by then hears that its client is gone, and closes it. */
const TIME_TO_CREATE = 10_000

/** One attempt to connect, and what it has to clean up. */
export class Handshake {
  /** This end's, to be set before it offers or answers. */
  peerConnection!: RTCPeerConnection
  readonly #init: HandshakeInit
  readonly #creation = new AbortController()
  /** Of what is said while the peer lives. */
  readonly #life = new AbortController()
  #created: Promise<WebRtcConnection> | undefined
  #localCandidates: LocalCandidates | undefined
  #renegotiation: Renegotiation | undefined

  constructor (init: HandshakeInit) {
    this.#init = init
  }

  get created (): Promise<WebRtcConnection> | undefined {
    return this.#created
  }

  /** Not to be aborted at once: the server's end can only be closed by whoever learns its id. */
  create (remoteDescription?: WebRtcSessionDescription): Promise<WebRtcConnection> {
    const { api, existing, trickle, signal } = this.#init
    signal?.throwIfAborted()
    this.#created = existing
      ? this.#reconnect(existing, remoteDescription)
      : unwrap(api.POST('/connections', { ...(remoteDescription || trickle) && { body: { remoteDescription, trickle } }, signal: this.#creation.signal }))
    this.#created.catch(() => {})
    return this.#created
  }

  /** One round trip: the server's answer comes back with its candidates. Its ICE servers would be another, at the same time as the hook. */
  async offer (beforeOffer: PeerConnectionHook, asksForIceServers: boolean): Promise<void> {
    const { peerConnection } = this
    const { api, signal } = this.#init
    const asked = asksForIceServers ? unwrap(api.GET('/ice-servers', { signal })) : undefined
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
    const { api, signal } = this.#init
    const connection = await this.#created!
    const { id, localDescription, iceServers } = connection
    this.#useIceServers(iceServers)
    const { description, candidates } = splitCandidates(expectDescription(localDescription))
    await peerConnection.setRemoteDescription(description)
    await beforeAnswer?.(peerConnection)
    this.#renegotiation = this.#createRenegotiation(connection)
    const answer = await this.#setLocalDescription(await peerConnection.createAnswer())
    const accepted = api.POST('/connections/{id}/remote-description', { params: { path: { id } }, body: answer, parseAs: 'stream', signal })
    await unwrap(accepted)
    const { response } = await accepted
    // In a browser the body comes a millisecond or two after the status, and says nothing new.
    const hasBody = unwrap(response.json().then(data => ({ data, response })))
    await Promise.all([hasBody, ...candidates.map(candidate => peerConnection.addIceCandidate(candidate))])
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
      this.#life.abort()
      this.#renegotiation?.close()
      close.call(peerConnection)
    }
    return peerConnection
  }

  abandon (): void {
    this.#life.abort()
    this.#renegotiation?.close()
    this.peerConnection?.close()
    this.#delete()
  }

  #reconnect ({ id, reconnectToken = '' }: ServerConnection, remoteDescription?: WebRtcSessionDescription): Promise<WebRtcConnection> {
    const { api, trickle, signal } = this.#init
    return unwrap(api.POST('/connections/{id}/reconnect', { params: { path: { id } }, body: { reconnectToken, remoteDescription, trickle }, signal }))
  }

  /** A connection that was there before stays. */
  #delete (): void {
    const { api, existing, environment: { setTimeout, clearTimeout } } = this.#init
    if (existing || !this.#created) return
    const timer = setTimeout(() => this.#creation.abort(), TIME_TO_CREATE)
    this.#created.then(({ id }) => deleteConnection(api, id), () => {}).finally(() => clearTimeout(timer))
  }

  #createRenegotiation ({ id, lastEventId }: WebRtcConnection): Renegotiation {
    const { api, onNegotiationError } = this.#init
    return new Renegotiation({ api, id, lastEventId, peerConnection: this.peerConnection, prepare: sdp => this.#prepare(sdp), onError: error => onNegotiationError?.(error) })
  }

  #listen ({ sdp }: WebRtcSessionDescription, { localDescription }: WebRtcConnection): void {
    const { renegotiate = [sdp, localDescription!.sdp].some(sdp => /^m=(audio|video) /m.test(sdp)) } = this.#init
    if (renegotiate) this.#renegotiation!.listen()
  }

  #prepare (sdp: string): string {
    return this.#init.stereo ? enableStereoOpus(sdp) : sdp
  }

  /** Before the peer gathers. */
  #useIceServers (iceServers: RTCIceServer[] | undefined): void {
    const { configuration } = this.#init
    if (iceServers && !configuration?.iceServers) this.peerConnection.setConfiguration({ ...configuration, iceServers })
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
      this.#init.api.POST('/connections/{id}/remote-candidates', { params: { path: { id } }, body: { candidates }, signal: this.#life.signal }).catch(() => {})
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
      for await (const event of readEvents(this.#init.api, id, { lastEventId, signal: controller.signal })) {
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
export function deleteConnection (api: SignalingClient, id: string): void {
  api.DELETE('/connections/{id}', { params: { path: { id } }, keepalive: true }).catch(() => {})
}

function expectDescription (description: WebRtcSessionDescription | undefined): WebRtcSessionDescription {
  if (!description) throw new ConnectionError('Expected a connection with a localDescription, found one without', { code: 'UNEXPECTED_ANSWER' })
  return description
}

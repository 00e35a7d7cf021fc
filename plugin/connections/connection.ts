import type { WebRtcConnection } from '../../schemas/connection.js'
import type { WebRtcSessionDescription } from '../../schemas/session-description.js'
import { ClientGoneError, ClosingError, ConnectionNotFoundError, HookFailedError, InvalidDescriptionError, InvalidStateError, NegotiationTimedOutError, PeerFailedError } from '../errors.js'
import type { ResolvedManagerOptions } from '../options.js'
import { isOffence, type PeerLimit } from '../peer/limits.js'
import type { PeerConnection } from '../peer/peer-connection.js'
import type { Owner } from './admission.js'
import { advertise } from './advertise.js'
import { Operations } from './operations.js'
import { filterRemoteCandidates, type ClientAddress } from './remote-candidates.js'
import { formatSessionDescription, parseSessionDescription } from './session-description.js'

/** Why a connection has closed. */
export type CloseReason =
  /** The application closed the connection or its peer. */
  | 'application'
  /** DELETE /connections/{id}. */
  | 'deleted'
  /** The far end closed or was gone, and timeToReconnected has passed. */
  | 'peer'
  /** timeToConnected has passed. */
  | 'timeout'
  /** The client was gone before it was told of the connection. */
  | 'aborted'
  /** A hook or a listener threw or rejected. */
  | 'handler-error'
  /** The far end exceeded a limit: see `onLimitExceeded`. */
  | 'limit-exceeded'
  /** The native side refused a description or could not make a peer. */
  | 'peer-error'
  /** The server is closing. */
  | 'shutdown'

/** Where a connection says what it cannot say to the client: Fastify's loggers fit. */
export interface Log {
  error (details: object, message: string): void
  warn (details: object, message: string): void
}

/** What the application does with a peer before it negotiates. */
export interface Hook {
  name: 'beforeOffer' | 'beforeAnswer'
  run: () => unknown
}

/** What a connection is given. */
export interface ConnectionInit extends Pick<ResolvedManagerOptions, 'advertise' | 'timeToConnected' | 'timeToHostCandidates' | 'timeToReconnected'> {
  id: string
  log: Log
  owner: Owner
  /** Where the server may send for this client. */
  isAllowedAddress: (address: string) => boolean
  client: ClientAddress
  createPeerConnection: (onError: (error: unknown, where: string) => void, onLimitExceeded: (limit: PeerLimit) => void) => PeerConnection
  onConnected: (connection: Connection) => void
  onDisconnected: (connection: Connection) => void
  onLimitExceeded: (connection: Connection, limit: PeerLimit) => void
  onClosed: (connection: Connection, reason: CloseReason) => void
}

/** A peer with an id, its negotiation and its timers. Operations run one after the other; `close` is immediate and final. */
export class Connection {
  readonly id: string
  /** On whose behalf it was made: see the option `identify`. */
  readonly principal: string | undefined
  /** @internal */
  readonly network: string | undefined
  readonly peerConnection: PeerConnection
  readonly #init: ConnectionInit
  readonly #operations = new Operations()
  readonly #closed: Promise<CloseReason>
  #onClosed!: (reason: CloseReason) => void
  #closeReason: CloseReason | undefined
  #released: Promise<void> | undefined
  #isConnected = false
  #isLost = false
  #timer: NodeJS.Timeout | undefined
  #endsAt = Infinity

  /** @internal Connections are made by ConnectionManager.createConnection */
  constructor (init: ConnectionInit) {
    this.id = init.id
    this.principal = init.owner.principal
    this.network = init.owner.network
    this.#init = init
    this.#closed = new Promise(resolve => { this.#onClosed = resolve })
    this.peerConnection = init.createPeerConnection((error, where) => this.#failed(error, where), limit => this.#limitExceeded(limit))
    this.peerConnection.addEventListener('connectionstatechange', () => this.#connectionStateChanged())
    this.#startTimer(init.timeToConnected, 'timeout')
  }

  get state (): WebRtcConnection['state'] {
    return this.#closeReason ? 'closed' : 'open'
  }

  /** Whether the peer has never been connected. */
  get isPending (): boolean {
    return !this.#isConnected && !this.#closeReason
  }

  /** @internal */
  get endsAt (): number {
    return this.#endsAt
  }

  get localDescription (): WebRtcSessionDescription | undefined {
    const { localDescription } = this.peerConnection
    if (!localDescription) return undefined
    const { advertise: address } = this.#init
    return address ? { ...localDescription, sdp: advertise(localDescription.sdp, address) } : localDescription
  }

  get remoteDescription (): WebRtcSessionDescription | undefined {
    return this.peerConnection.remoteDescription ?? undefined
  }

  /** Settles with the reason when the connection has closed. */
  get closed (): Promise<CloseReason> {
    return this.#closed
  }

  /** @internal Settles when the native side is gone too. */
  get released (): Promise<void> | undefined {
    return this.#released
  }

  /**
   * @internal Runs the hook and makes the local description: the answer to `remoteDescription`, or an offer.
   * Whatever fails closes the connection. Throws InvalidDescription, HookFailed, PeerFailed, NegotiationTimedOut, Closing.
   */
  negotiate (hook: Hook, remoteDescription?: WebRtcSessionDescription): Promise<void> {
    return this.#operations.run(async () => {
      try {
        if (remoteDescription) this.#setOffer(remoteDescription)
        await this.#untilClosed(this.#runHook(hook), hook)
        this.#native(() => this.peerConnection.setLocalDescription())
        await this.#untilClosed(this.#gathered(), hook)
      } catch (error) {
        this.close('peer-error')
        throw error
      }
    })
  }

  /** Applies the far end's answer. Throws InvalidDescription, which leaves the connection as it was, InvalidState, ConnectionNotFound. */
  setRemoteDescription (description: WebRtcSessionDescription): Promise<WebRtcSessionDescription> {
    return this.#operations.run(() => {
      if (this.#closeReason) throw new ConnectionNotFoundError()
      const { signalingState } = this.peerConnection
      if (description.type !== 'answer' || signalingState !== 'have-local-offer') throw new InvalidStateError(`expected an answer in have-local-offer, found an ${description.type} in ${signalingState}`)
      const checked = this.#checkDescription(description, this.peerConnection.localDescription!.sdp)
      this.#native(() => this.peerConnection.setRemoteDescription(checked))
      return checked
    })
  }

  /** Closes the connection and releases everything it holds. Harmless when called again. */
  close (): void
  /** @internal */
  close (reason: CloseReason): void
  close (reason: CloseReason = 'application'): void {
    if (this.#closeReason) return
    this.#closeReason = reason
    clearTimeout(this.#timer)
    // The application may have put its own close in the place of ours, to learn of the end.
    if (this.peerConnection.signalingState !== 'closed') this.guard(() => this.peerConnection.close(), 'close')
    this.#released = this.peerConnection.release()
    this.#onClosed(reason)
    this.#init.onClosed(this, reason)
  }

  /** @internal Calls the application, which may be async: what it throws or rejects with is logged and has no consequences. */
  guard (call: () => unknown, where: string): void {
    new Promise(resolve => resolve(call())).catch(error => this.#report(error, where))
  }

  /** Everything about the connection but its descriptions. */
  toSummary (): WebRtcConnection {
    const { connectionState, iceConnectionState, iceGatheringState, signalingState } = this.peerConnection
    return { id: this.id, state: this.state, connectionState, iceConnectionState, iceGatheringState, signalingState }
  }

  toJSON (): WebRtcConnection {
    const { localDescription, remoteDescription } = this
    return { ...this.toSummary(), ...localDescription && { localDescription }, ...remoteDescription && { remoteDescription } }
  }

  #setOffer (description: WebRtcSessionDescription): void {
    if (description.type !== 'offer') throw new InvalidDescriptionError(`expected an offer, found an ${description.type}`)
    this.peerConnection.setRemoteDescription(this.#checkDescription(description))
  }

  #checkDescription (description: WebRtcSessionDescription, offer?: string): WebRtcSessionDescription {
    const parsed = parseSessionDescription(description, offer)
    const { isAllowedAddress, client } = this.#init
    const candidates = filterRemoteCandidates(parsed.candidates, isAllowedAddress, client)
    return { type: description.type, sdp: formatSessionDescription(parsed, candidates) }
  }

  async #runHook ({ name, run }: Hook): Promise<void> {
    try {
      await run()
    } catch (cause) {
      this.#failed(cause, name)
      throw new HookFailedError(name)
    }
  }

  /** What the native side throws, wrapped once: after that the peer is of no use. */
  #native (call: () => void): void {
    try {
      call()
    } catch (cause) {
      const isRefusal = cause instanceof DOMException && cause.name === 'InvalidAccessError'
      if (!isRefusal) this.#report(cause, 'peer')
      this.close('peer-error')
      throw isRefusal ? new InvalidDescriptionError('the peer refused it', { cause }) : new PeerFailedError({ cause })
    }
  }

  /** Without STUN or TURN servers gathering is complete by now. */
  async #gathered (): Promise<void> {
    const { peerConnection } = this
    if (peerConnection.iceGatheringState === 'complete') return
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>(resolve => {
      peerConnection.addEventListener('icegatheringstatechange', () => { if (peerConnection.iceGatheringState === 'complete') resolve() })
      timer = setTimeout(resolve, this.#init.timeToHostCandidates).unref()
      this.#closed.then(() => resolve())
    })
    clearTimeout(timer)
    if (!peerConnection.localDescription?.sdp.includes('a=candidate:')) throw new NegotiationTimedOutError('no candidate was gathered within timeToHostCandidates')
  }

  /** The operation's result, or the error that says why the connection closed before there was one. */
  async #untilClosed (operation: Promise<void>, hook: Hook): Promise<void> {
    await Promise.race([operation, this.#closed])
    const reason = this.#closeReason
    if (reason === 'timeout') throw new NegotiationTimedOutError('no local description was made within timeToConnected')
    if (reason === 'shutdown') throw new ClosingError()
    if (reason === 'aborted') throw new ClientGoneError()
    if (reason) throw new HookFailedError(hook.name)
  }

  #connectionStateChanged (): void {
    const { connectionState, wasClosedByPeer } = this.peerConnection
    if (connectionState === 'connected') {
      this.#isConnected = true
      this.#isLost = false
      clearTimeout(this.#timer)
      this.#endsAt = Infinity
      this.#init.onConnected(this)
    } else if (connectionState === 'closed' && !wasClosedByPeer) {
      this.close('application')
    } else if (connectionState !== 'connecting') {
      this.#peerLost()
    }
  }

  /** A connection outlives the peer it had: for timeToReconnected its id is good for what the far end has still to say, a DELETE above all. */
  #peerLost (): void {
    if (!this.#isConnected) return this.close('peer')
    if (this.#isLost) return
    this.#isLost = true
    this.#startTimer(this.#init.timeToReconnected, 'peer')
    this.#init.onDisconnected(this)
  }

  #startTimer (time: number, reason: CloseReason): void {
    clearTimeout(this.#timer)
    this.#endsAt = performance.now() + time
    this.#timer = setTimeout(() => this.close(reason), time).unref()
  }

  /** What a hook or a listener threw: it ends its own connection and nothing else. */
  #failed (error: unknown, where: string): void {
    this.#report(error, where)
    this.close('handler-error')
  }

  /** What the far end did: once for each limit. */
  #limitExceeded (limit: PeerLimit): void {
    this.#log('warn', { limit }, `connection exceeded ${limit}`)
    this.#init.onLimitExceeded(this, limit)
    if (isOffence(limit)) this.close('limit-exceeded')
  }

  #report (error: unknown, where: string): void {
    const message = `connection failed in ${where}`
    // What was thrown may throw again when a logger looks at it.
    if (!this.#log('error', { err: error, where }, message)) this.#log('error', { where }, message)
  }

  /** An id is a capability: the log gets enough of it to find the connection again. Whether it worked: a log that fails has no consequences. */
  #log (level: keyof Log, details: object, message: string): boolean {
    try {
      this.#init.log[level]({ ...details, connection: this.id.slice(0, 8) }, message)
      return true
    } catch {
      return false
    }
  }
}

import type { WebRtcConnection } from '../../schemas/connection.js'
import type { WebRtcSessionDescription } from '../../schemas/session-description.js'
import type { WebRtcStats } from '../../schemas/stats.js'
import { readCandidatePair } from './candidate-pair-stats.js'
import type { DataChannel } from './data-channel.js'
import type { DataChannelInit } from './data-channel-init.js'
import { DataChannels } from './data-channels.js'
import { defer, nextTurn, settlesWithin } from './event-loop.js'
import { HandshakeTimes, toTimestamp } from './handshake-times.js'
import { readIceCandidates, type IceCandidateInit } from './ice-candidates.js'
import { Inbox } from './inbox.js'
import { DEFAULT_PEER_LIMITS, isOffence, type PeerLimit, type PeerLimits, type ResolvedPeerLimits } from './limits.js'
import { collectOrphans, createNativePeerConnection, guard, type NativeDataChannel, type NativePeerConnection, type PeerConfiguration } from './native.js'
import { afterLook, inTurn } from '../turns.js'
import { SafeEventTarget, type ErrorHandler } from './safe-event-target.js'

export type PeerConnectionState = WebRtcConnection['connectionState']
export type IceConnectionState = WebRtcConnection['iceConnectionState']
export type IceGatheringState = WebRtcConnection['iceGatheringState']
export type SignalingState = WebRtcConnection['signalingState']

export interface PeerConnectionEvent<Type extends string> {
  type: Type
  target: PeerConnection
}

export interface PeerConnectionDataChannelEvent extends PeerConnectionEvent<'datachannel'> {
  channel: DataChannel
}

export interface PeerConnectionIceEvent extends PeerConnectionEvent<'icecandidate'> {
  /** Null when no more will come. */
  candidate: IceCandidateInit | null
}

export interface PeerConnectionEventMap {
  connectionstatechange: PeerConnectionEvent<'connectionstatechange'>
  datachannel: PeerConnectionDataChannelEvent
  icecandidate: PeerConnectionIceEvent
  iceconnectionstatechange: PeerConnectionEvent<'iceconnectionstatechange'>
  icegatheringstatechange: PeerConnectionEvent<'icegatheringstatechange'>
  signalingstatechange: PeerConnectionEvent<'signalingstatechange'>
}

/** How long a closed peer waits for its channels to flush, in milliseconds. */
const FLUSH_DEADLINE = 5000

/** How long one that is in the middle of its DTLS and SCTP handshakes waits for their end, in milliseconds: a few round trips. */
const HANDSHAKE_DEADLINE = 500

/** How long it then waits for the native side to close, in milliseconds. */
const CLOSE_DEADLINE = 5000

/** A native peer whose JavaScript object is collected closes under its user's feet: every peer is held from its first native call until the native side has closed. */
const live = new Set<PeerConnection>()

/** @internal How many peers the native side still holds. */
export function livePeerConnections (): number {
  return live.size
}

/** @internal Whether peers of this process have the UDP port, which others of it may then share. */
export function isUdpPortShared (udpPort: number): boolean {
  return [...live].some(peer => peer.udpPort === udpPort)
}

/**
 * A W3C RTCPeerConnection over the native peer: https://www.w3.org/TR/webrtc/#rtcpeerconnection-interface
 *
 * The native peer is made, and negotiates, in `setLocalDescription` alone: what the application does before costs nothing
 * natively, and one description holds everything it made.
 */
export class PeerConnection extends SafeEventTarget<PeerConnectionEventMap> {
  onconnectionstatechange: ((event: PeerConnectionEventMap['connectionstatechange']) => unknown) | null = null
  ondatachannel: ((event: PeerConnectionEventMap['datachannel']) => unknown) | null = null
  onicecandidate: ((event: PeerConnectionEventMap['icecandidate']) => unknown) | null = null
  oniceconnectionstatechange: ((event: PeerConnectionEventMap['iceconnectionstatechange']) => unknown) | null = null
  onicegatheringstatechange: ((event: PeerConnectionEventMap['icegatheringstatechange']) => unknown) | null = null
  onsignalingstatechange: ((event: PeerConnectionEventMap['signalingstatechange']) => unknown) | null = null

  readonly #configuration: PeerConfiguration
  readonly #limits: ResolvedPeerLimits
  readonly #onLimitExceeded: ((limit: PeerLimit) => void) | undefined
  readonly #exceeded = new Set<PeerLimit>()
  readonly #inbox: Inbox
  readonly #channels: DataChannels
  readonly #handshake = new HandshakeTimes()
  readonly #toldCandidates = new Set<string>()
  #native: NativePeerConnection | undefined
  #connectionState: PeerConnectionState = 'new'
  #iceConnectionState: IceConnectionState = 'new'
  #iceGatheringState: IceGatheringState = 'new'
  #signalingState: SignalingState = 'stable'
  #localDescription: WebRtcSessionDescription | null = null
  #remoteDescription: WebRtcSessionDescription | null = null
  #wasClosedByPeer = false
  readonly #nativeConnected = defer()
  readonly #nativeClosed = defer()
  #released: Promise<void> | undefined
  #news = Promise.resolve()

  /** @internal `onError` is told of everything that a listener throws, `onLimitExceeded` once of every limit that the far end exceeds. */
  constructor (configuration: PeerConfiguration & PeerLimits, onError: ErrorHandler, onLimitExceeded?: (limit: PeerLimit) => void) {
    super(onError)
    this.#configuration = configuration
    this.#limits = { ...DEFAULT_PEER_LIMITS, ...configuration }
    this.#onLimitExceeded = onLimitExceeded
    const exceed = (limit: PeerLimit) => this.#exceed(limit)
    this.#inbox = new Inbox(this.#limits, exceed, this.reportDefect)
    this.#channels = new DataChannels({ limits: this.#limits, inbox: this.#inbox, onError, onLimitExceeded: exceed }, () => this.#handshake.mark('dataChannelOpen'))
  }

  get connectionState (): PeerConnectionState {
    return this.#connectionState
  }

  /** Changes together with connectionState: what happens to ICE alone, as when DTLS fails after it, does not show. */
  get iceConnectionState (): IceConnectionState {
    return this.#iceConnectionState
  }

  get iceGatheringState (): IceGatheringState {
    return this.#iceGatheringState
  }

  get signalingState (): SignalingState {
    return this.#signalingState
  }

  /** With every candidate gathered so far; null until there is one. */
  get localDescription (): WebRtcSessionDescription | null {
    if (!this.#localDescription && this.#native) return this.#readLocalDescription(this.#native)
    return this.#localDescription
  }

  /** As it was applied; null until there is one. */
  get remoteDescription (): WebRtcSessionDescription | null {
    return this.#remoteDescription
  }

  /**
   * Makes a channel, announced to the far end in-band unless `negotiated`. Throws a TypeError for an impossible init, an
   * InvalidStateError after close, and an OperationError when the id is taken or no stream is left.
   *
   * A far end that keeps from acknowledging an in-band channel and floods it can freeze the native side; `negotiated: true`
   * with an `id` at both ends, or a channel that the far end makes, cannot be used for it.
   */
  createDataChannel (label: string, init: DataChannelInit = {}): DataChannel {
    this.#assertOpen('createDataChannel')
    return this.#channels.create(label, init)
  }

  /** Statistics as a plain object, in the names of https://www.w3.org/TR/webrtc-stats/ where it has them. They cost nothing until they are asked for. */
  getStats (): WebRtcStats {
    const selectedCandidatePair = this.#native && readCandidatePair(this.#native)
    return {
      timestamp: toTimestamp(performance.now()),
      ...selectedCandidatePair && { selectedCandidatePair },
      ...this.#channels.getStats(),
      handshake: this.#handshake.toJSON()
    }
  }

  /** Ends the connection; its channels close. Harmless when called again. */
  close (): void {
    this.#close()
  }

  /**
   * @internal W3C setLocalDescription without an argument: makes and applies the offer or, after a remote offer, the answer.
   * The native calls that do it are the ones that throw; setLocalDescription of the native API aborts the process instead.
   */
  setLocalDescription (): void {
    this.#assertOpen('setLocalDescription')
    const native = this.#native ??= this.#createNative()
    if (this.#signalingState === 'have-remote-offer') {
      this.#applyRemoteDescription(native, this.#remoteDescription!)
      this.#channels.attachTo(native)
      this.#setSignalingState('stable')
      this.#startConnecting()
    } else {
      this.#channels.attachTo(native)
      this.#setSignalingState('have-local-offer')
    }
    this.#handshake.mark('localDescription')
    this.#updateGatheringState(native)
  }

  /** @internal Keeps an offer for `setLocalDescription` to answer, or applies the answer. Either throws an InvalidAccessError when the native side refuses what the far end described. */
  setRemoteDescription (description: WebRtcSessionDescription): void {
    this.#assertOpen('setRemoteDescription')
    this.#handshake.mark('remoteDescription')
    if (description.type === 'offer') {
      this.#remoteDescription = description
      this.#setSignalingState('have-remote-offer')
      return
    }
    this.#applyRemoteDescription(this.#native!, description)
    this.#remoteDescription = description
    this.#setSignalingState('stable')
    this.#startConnecting()
  }

  /**
   * @internal Adds a candidate of the far end, an attribute that begins with `candidate:`, when its description was applied.
   * What the native side refuses has no consequences: it may have closed, by itself too, which it then tells.
   */
  addIceCandidate (candidate: string): void {
    const [, mid = ''] = /^a=mid:(.*?)\r?$/m.exec(this.#remoteDescription?.sdp ?? '') ?? []
    guard(() => this.#native?.addRemoteCandidate(candidate, mid), () => {})()
  }

  /** @internal */
  get udpPort (): number | undefined {
    return this.#configuration.udpPort
  }

  /** @internal Whether it was the far end, or its silence, that closed the peer. */
  get wasClosedByPeer (): boolean {
    return this.#wasClosedByPeer
  }

  /** @internal Closes also when the application has put a `close` of its own in the place of ours, and settles when the native side is gone. */
  release (): Promise<void> {
    this.#close()
    return this.#released!
  }

  #close (): void {
    if (this.#signalingState === 'closed') return
    this.#signalingState = 'closed'
    this.#released = this.#releaseNative().catch(this.reportDefect)
    this.#inbox.close()
    this.#channels.peerConnectionClosed()
    this.dispatch({ type: 'signalingstatechange', target: this })
    this.#setIceConnectionState('closed')
    this.#setConnectionState('closed')
  }

  #exceed (limit: PeerLimit): void {
    if (!this.#exceeded.has(limit)) {
      this.#exceeded.add(limit)
      // What it throws must not keep a native channel from its callbacks.
      guard(() => this.#onLimitExceeded?.(limit), this.reportDefect)()
    }
    if (isOffence(limit)) this.#close()
  }

  #assertOpen (method: string): void {
    if (this.#signalingState === 'closed') throw new DOMException(`${method}: the connection is closed`, 'InvalidStateError')
  }

  /** Never within a native callback, and right after the event loop has heard what there is: a channel that JavaScript has not seen yet would block the native close for ever. */
  async #releaseNative (): Promise<void> {
    await nextTurn()
    const native = this.#native
    if (!native) return
    await settlesWithin(Promise.race([this.#channels.flush(), this.#nativeClosed.promise]), FLUSH_DEADLINE)
    await this.#channels.release()
    this.#localDescription ??= this.#readLocalDescription(native)
    // usrsctp frees a packet twice now and then when it is stopped while it connects: docs/upstream/usrsctp-shutdown.md
    if (isHandshaking(native)) await settlesWithin(Promise.race([this.#nativeConnected.promise, this.#nativeClosed.promise]), HANDSHAKE_DEADLINE)
    const released = this.#nativeClosed.promise.then(() => this.#nativeReleased())
    await inTurn(() => isUnheard(native) ? native.close() : afterLook(() => native.close()))
    if (!await settlesWithin(released, CLOSE_DEADLINE)) this.report(new Error(`the native peer has not closed within ${CLOSE_DEADLINE} ms`), 'close')
  }

  async #nativeReleased (): Promise<void> {
    // Those that the far end made while the others were released.
    await this.#channels.release()
    this.#native = undefined
    live.delete(this)
    if (live.size === 0) collectOrphans()
  }

  #createNative (): NativePeerConnection {
    const native = createNativePeerConnection(this.#configuration, this.#limits.maxMessageSize)
    live.add(this)
    const guarded = <Arguments extends unknown[]>(callback: (...args: Arguments) => void) => guard(callback, error => this.report(error, 'peer'))
    // Without a callback for the ICE state, which can be called when it has been freed: docs/upstream/node-datachannel-ice-state.md
    native.onStateChange(guarded(state => this.#nativeStateChanged(state as PeerConnectionState)))
    // Of both, what the description has by now is told: nothing says which of them is called first.
    native.onLocalCandidate(guarded(() => this.#updateGatheringState(native)))
    native.onGatheringStateChange(guarded(() => this.#updateGatheringState(native)))
    native.onDataChannel(guarded(channel => this.#announce(channel)))
    return native
  }

  #nativeStateChanged (state: PeerConnectionState): void {
    if (state === 'connected') {
      this.#nativeConnected.resolve()
      this.#handshake.mark('connected')
      this.#setIceConnectionState(state)
      this.#setConnectionState(state)
    }
    if (state === 'disconnected' || state === 'failed') {
      this.#afterMessages(() => {
        this.#setIceConnectionState(state)
        this.#setConnectionState(state)
      })
    }
    if (state === 'closed') {
      this.#nativeClosed.resolve()
      this.#afterMessages(() => {
        this.#wasClosedByPeer = this.#signalingState !== 'closed'
        this.#close()
      })
    }
  }

  /** The channels' queues come later: the news of the end overtakes messages that arrived before. */
  #afterMessages (callback: () => void): void {
    this.#news = this.#news.then(async () => {
      let before
      do {
        before = this.#channels.received
        await nextTurn()
      } while (this.#channels.received > before)
      this.#inbox.afterMessages(callback)
    }).catch(this.reportDefect)
  }

  /** The native side says `connecting` and `checking` from the offer on; the W3C from when there is somebody to connect to. */
  #startConnecting (): void {
    if (this.#iceConnectionState === 'new') this.#setIceConnectionState('checking')
    if (this.#connectionState === 'new') this.#setConnectionState('connecting')
  }

  #announce (native: NativeDataChannel): void {
    const isAdmitted = this.#inbox.admitChannel(Buffer.byteLength(native.getLabel()) + Buffer.byteLength(native.getProtocol()))
    const hasRoom = this.#channels.hasRoom
    if (isAdmitted && !hasRoom) this.#exceed('maxDataChannels')
    if (!isAdmitted || !hasRoom) return this.#channels.refuse(native, this.reportDefect)
    const channel = this.#channels.add(native)
    channel.open()
    this.dispatch({ type: 'datachannel', target: this, channel })
    channel.announceOpen()
    // A channel that the far end has closed by now does not tell of it any more.
    if (!native.isOpen()) channel.release().catch(this.reportDefect)
  }

  #readLocalDescription (native: NativePeerConnection): WebRtcSessionDescription | null {
    const description = native.localDescription()
    if (!description) return null
    // A comma where RFC 8839, 5.6 has a space: https://github.com/paullouisageneau/libdatachannel/commit/9d6bd8d8
    const sdp = description.sdp
      .replace('a=ice-options:ice2,trickle', 'a=ice-options:ice2 trickle')
      .replace(/^a=max-message-size:\d+/m, `a=max-message-size:${this.#limits.maxMessageSize}`)
    return { type: description.type as WebRtcSessionDescription['type'], sdp }
  }

  #applyRemoteDescription (native: NativePeerConnection, { type, sdp }: WebRtcSessionDescription): void {
    try {
      native.setRemoteDescription(type === 'offer' ? letFarEndBegin(sdp) : sdp, type)
    } catch (cause) {
      // With an answer to it the offer was taken: what is missing is a socket or a port to gather with.
      if (type === 'offer' && native.localDescription()) throw cause
      // Without the cause: behind a colon or in quotes the native side's words are those of the description.
      const [message] = (cause as Error).message.split(/[:"]/)
      throw new DOMException(`setRemoteDescription: ${message}`, 'InvalidAccessError')
    }
  }

  /** The native word for `gathering` is `in-progress`. */
  #updateGatheringState (native: NativePeerConnection): void {
    if (this.#signalingState === 'closed') return
    const state = native.gatheringState() as IceGatheringState | 'in-progress'
    this.#tellCandidates(native)
    const next = state === 'in-progress' ? 'gathering' : state
    if (next === this.#iceGatheringState) return
    this.#iceGatheringState = next
    if (next === 'complete') this.#localDescription = this.#readLocalDescription(native)
    this.dispatch({ type: 'icegatheringstatechange', target: this })
    if (next === 'complete') this.dispatch({ type: 'icecandidate', target: this, candidate: null })
  }

  #tellCandidates (native: NativePeerConnection): void {
    const description = native.localDescription()
    for (const candidate of description ? readIceCandidates(description.sdp) : []) {
      if (this.#toldCandidates.has(candidate.candidate)) continue
      this.#toldCandidates.add(candidate.candidate)
      this.dispatch({ type: 'icecandidate', target: this, candidate })
    }
  }

  #setSignalingState (state: SignalingState): void {
    this.#signalingState = state
    this.dispatch({ type: 'signalingstatechange', target: this })
  }

  #setIceConnectionState (state: IceConnectionState): void {
    if (state === this.#iceConnectionState || this.#iceConnectionState === 'closed') return
    this.#iceConnectionState = state
    this.dispatch({ type: 'iceconnectionstatechange', target: this })
  }

  #setConnectionState (state: PeerConnectionState): void {
    if (state === this.#connectionState || this.#connectionState === 'closed') return
    this.#connectionState = state
    this.dispatch({ type: 'connectionstatechange', target: this })
  }
}

/** Whether ICE is connected, and what comes above it is not yet. */
function isHandshaking (native: NativePeerConnection): boolean {
  return native.state() === 'connecting' && ['connected', 'completed'].includes(native.iceState())
}

/** Whether nothing can have come from a far end. Where something can, a channel that JavaScript has not seen yet may be full, and the native close would never return. */
function isUnheard (native: NativePeerConnection): boolean {
  return ['new', 'connecting'].includes(native.state())
}

/**
 * The DTLS role of who answers is ours to choose (RFC 8842, 5.3): as the server of it. A ClientHello of ours can arrive before
 * the answer does, which Firefox drops, and OpenSSL sends the next a second later: https://github.com/paullouisageneau/libdatachannel/issues/1635
 */
function letFarEndBegin (offer: string): string {
  return offer.replace(/^a=setup:actpass/gm, 'a=setup:active')
}

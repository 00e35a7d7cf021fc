import type { WebRtcConnection } from '../../schemas/connection.js'
import type { WebRtcSessionDescription } from '../../schemas/session-description.js'
import type { WebRtcStats } from '../../schemas/stats.js'
import { readCandidatePair } from './candidate-pair-stats.js'
import { toNativeDescription } from './bundle.js'
import type { DataChannel } from './data-channel.js'
import type { DataChannelInit } from './data-channel-init.js'
import { DataChannels } from './data-channels.js'
import { defer, nextTurn, settlesWithin } from './event-loop.js'
import { HandshakeTimes, toTimestamp } from './handshake-times.js'
import { readIceCandidates, type IceCandidateInit } from './ice-candidates.js'
import { Inbox } from './inbox.js'
import { DEFAULT_PEER_LIMITS, isOffence, type PeerLimit, type PeerLimits, type ResolvedPeerLimits } from './limits.js'
import { LocalDescription } from './local-description.js'
import { Media } from './media.js'
import type { MediaStreamTrack } from './media-stream-track.js'
import { collectOrphans, createNativePeerConnection, guard, type NativeDataChannel, type NativePeerConnection, type PeerConfiguration } from './native.js'
import { afterLook, inTurn } from '../turns.js'
import type { MediaKind } from './rtp-codec.js'
import type { RtpReceiver } from './rtp-receiver.js'
import type { RtpSender } from './rtp-sender.js'
import type { RtpTransceiver, RtpTransceiverInit } from './rtp-transceiver.js'
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

export interface PeerConnectionTrackEvent extends PeerConnectionEvent<'track'> {
  transceiver: RtpTransceiver
  receiver: RtpReceiver
  track: MediaStreamTrack
}

export interface PeerConnectionEventMap {
  connectionstatechange: PeerConnectionEvent<'connectionstatechange'>
  datachannel: PeerConnectionDataChannelEvent
  icecandidate: PeerConnectionIceEvent
  iceconnectionstatechange: PeerConnectionEvent<'iceconnectionstatechange'>
  icegatheringstatechange: PeerConnectionEvent<'icegatheringstatechange'>
  negotiationneeded: PeerConnectionEvent<'negotiationneeded'>
  signalingstatechange: PeerConnectionEvent<'signalingstatechange'>
  track: PeerConnectionTrackEvent
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
  onnegotiationneeded: ((event: PeerConnectionEventMap['negotiationneeded']) => unknown) | null = null
  onsignalingstatechange: ((event: PeerConnectionEventMap['signalingstatechange']) => unknown) | null = null
  ontrack: ((event: PeerConnectionEventMap['track']) => unknown) | null = null

  readonly #configuration: PeerConfiguration
  readonly #limits: ResolvedPeerLimits
  readonly #onLimitExceeded: ((limit: PeerLimit) => void) | undefined
  readonly #exceeded = new Set<PeerLimit>()
  readonly #inbox: Inbox
  readonly #channels: DataChannels
  readonly #handshake = new HandshakeTimes()
  readonly #toldCandidates = new Set<string>()
  readonly #media: Media
  readonly #local = new LocalDescription()
  #native: NativePeerConnection | undefined
  #nativeDescription: string | undefined
  /** Of the far end's first section, as the native side knows it. */
  #nativeMid = ''
  #isNegotiationNeeded = false
  #connectionState: PeerConnectionState = 'new'
  #iceConnectionState: IceConnectionState = 'new'
  #iceGatheringState: IceGatheringState = 'new'
  #signalingState: SignalingState = 'stable'
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
    this.#media = new Media({ limits: this.#limits, inbox: this.#inbox, onError, onDefect: this.reportDefect, onNegotiationNeeded: () => this.#negotiationNeeded() })
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
    return this.#local.format(this.#nativeDescription ?? (this.#native && this.#readLocalDescription(this.#native)))
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

  /**
   * Audio or video, to be sent or received. Throws a TypeError for what is no kind, track or direction, an InvalidStateError
   * after close and where no audio and video was negotiated at first (see the option `media`), and an OperationError when there are 16.
   */
  addTransceiver (trackOrKind: MediaStreamTrack | MediaKind, init?: RtpTransceiverInit): RtpTransceiver {
    this.#assertMedia('addTransceiver')
    return this.#media.transceivers.add(trackOrKind, init)
  }

  /** Sends the track, in a transceiver that has sent nothing yet, for instance one that the far end has offered, or in one of its own. Throws as addTransceiver does. */
  addTrack (track: MediaStreamTrack): RtpSender {
    this.#assertMedia('addTrack')
    return this.#media.transceivers.addTrack(track).sender
  }

  /** Those that are not stopped, in the order in which they were made. */
  getTransceivers (): RtpTransceiver[] {
    return [...this.#media.transceivers.all]
  }

  /** Ends the connection; its channels close. Harmless when called again. */
  close (): void {
    this.#close()
  }

  /**
   * @internal W3C setLocalDescription without an argument: makes and applies the offer or, after a remote offer, the answer.
   * The native calls that do it are the ones that throw; setLocalDescription of the native API aborts the process instead.
   * Once the ends have agreed, nothing native is needed: the transport stays as it is.
   */
  setLocalDescription (): void {
    this.#assertOpen('setLocalDescription')
    const native = this.#native ??= this.#createNative()
    if (this.#signalingState === 'have-remote-offer') {
      this.#answer(native, this.#remoteDescription!)
      this.#setSignalingState('stable')
      this.#startConnecting()
      this.#negotiationNeeded()
    } else {
      this.#offer(native)
      this.#setSignalingState('have-local-offer')
    }
    this.#handshake.mark('localDescription')
    this.#updateGatheringState(native)
  }

  /** @internal Keeps an offer for `setLocalDescription` to answer, or applies the answer. Either throws an InvalidAccessError when the native side refuses what the far end described. */
  setRemoteDescription (description: WebRtcSessionDescription): void {
    this.#assertOpen('setRemoteDescription')
    const { type, sdp } = description
    this.#handshake.mark('remoteDescription')
    if (type === 'offer') {
      this.#media.transceivers.setOffer(sdp)
      this.#remoteDescription = description
      this.#setSignalingState('have-remote-offer')
      return
    }
    if (!this.#local.isNegotiated) this.#applyRemoteDescription(this.#native!, type, toNativeDescription(sdp, this.#media.isAttached))
    this.#local.answered(sdp)
    const announced = this.#media.transceivers.applyAnswer(sdp)
    this.#media.described(sdp)
    this.#remoteDescription = description
    this.#setSignalingState('stable')
    this.#startConnecting()
    for (const transceiver of announced) this.#announceTrack(transceiver)
    this.#negotiationNeeded()
  }

  /** @internal Whether this end has to offer: https://www.w3.org/TR/webrtc/#dfn-check-if-negotiation-is-needed */
  get needsNegotiation (): boolean {
    return this.#local.isNegotiated && this.#signalingState === 'stable' && this.#media.transceivers.needNegotiation
  }

  /** @internal W3C setLocalDescription with a rollback: takes back an offer that the far end has not answered. Not the first one. */
  rollback (): void {
    this.#assertOpen('rollback')
    this.#local.rollback()
    this.#media.transceivers.rollback()
    this.#setSignalingState('stable')
  }

  /**
   * @internal Adds a candidate of the far end, an attribute that begins with `candidate:`, when its description was applied.
   * What the native side refuses has no consequences: it may have closed, by itself too, which it then tells.
   */
  addIceCandidate (candidate: string): void {
    guard(() => this.#native?.addRemoteCandidate(candidate, this.#nativeMid), () => {})()
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
    this.#media.close()
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

  /** Only once the first descriptions are agreed on, and what was missing from them natively, stays so. */
  #assertMedia (method: string): void {
    this.#assertOpen(method)
    if (this.#local.isNegotiated && !this.#media.isAttached) throw new DOMException(`${method}: expected audio or video in the first descriptions, or the option media`, 'InvalidStateError')
  }

  /** Never within a native callback, and right after the event loop has heard what there is: a channel that JavaScript has not seen yet would block the native close for ever. */
  async #releaseNative (): Promise<void> {
    await nextTurn()
    const native = this.#native
    if (!native) return
    await settlesWithin(Promise.race([this.#channels.flush(), this.#nativeClosed.promise]), FLUSH_DEADLINE)
    await this.#channels.release()
    await this.#media.release()
    this.#nativeDescription ??= this.#readLocalDescription(native)
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
    // Of both, what the description has by now is told: nothing says which of them is called first. Without servers gathering is complete before either is.
    if (this.#configuration.iceServers?.length) native.onLocalCandidate(guarded(() => this.#updateGatheringState(native)))
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

  #offer (native: NativePeerConnection): void {
    const { transceivers } = this.#media
    if (!this.#local.isNegotiated) {
      if (transceivers.all.length > 0 || this.#configuration.media) this.#media.attach(native)
      this.#channels.attachTo(native)
    }
    this.#local.offer(transceivers.createOffer(), this.#media.isAttached)
  }

  /** The listeners of `track` have their say first, and that there are any says that audio and video are welcome. */
  #answer (native: NativePeerConnection, { type, sdp }: WebRtcSessionDescription): void {
    const { transceivers } = this.#media
    for (const transceiver of transceivers.announced) this.#announceTrack(transceiver)
    // One of them may have closed it, or have thrown.
    this.#assertOpen('setLocalDescription')
    const takesAll = this.hasListeners('track')
    if (!this.#local.isNegotiated) {
      if (this.#configuration.media || transceivers.willCarryMedia(takesAll)) this.#media.attach(native)
      this.#applyRemoteDescription(native, type, toNativeDescription(sdp, this.#media.isAttached))
      if (transceivers.hasData) this.#channels.attachTo(native)
    }
    this.#local.answer(transceivers.createAnswer(takesAll, this.#media.isAttached), this.#media.isAttached)
    this.#media.described(sdp)
  }

  #announceTrack (transceiver: RtpTransceiver): void {
    const { receiver } = transceiver
    this.dispatch({ type: 'track', target: this, transceiver, receiver, track: receiver.track })
  }

  /** Once for all that the running code changes, when there is no negotiation under way: https://www.w3.org/TR/webrtc/#dfn-update-the-negotiation-needed-flag */
  #negotiationNeeded (): void {
    if (this.#isNegotiationNeeded || !this.needsNegotiation) return
    this.#isNegotiationNeeded = true
    queueMicrotask(() => {
      this.#isNegotiationNeeded = false
      if (this.needsNegotiation) this.dispatch({ type: 'negotiationneeded', target: this })
    })
  }

  #readLocalDescription (native: NativePeerConnection): string | undefined {
    // A comma where RFC 8839, 5.6 has a space: https://github.com/paullouisageneau/libdatachannel/commit/9d6bd8d8
    return native.localDescription()?.sdp
      .replace('a=ice-options:ice2,trickle', 'a=ice-options:ice2 trickle')
      .replace(/^a=max-message-size:\d+/m, `a=max-message-size:${this.#limits.maxMessageSize}`)
  }

  #applyRemoteDescription (native: NativePeerConnection, type: WebRtcSessionDescription['type'], sdp: string): void {
    const [, mid = ''] = /^a=mid:(.*?)\r?$/m.exec(sdp) ?? []
    this.#nativeMid = mid
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
    this.#tellCandidates()
    const next = state === 'in-progress' ? 'gathering' : state
    if (next === this.#iceGatheringState) return
    this.#iceGatheringState = next
    if (next === 'complete') this.#nativeDescription = this.#readLocalDescription(native)
    this.dispatch({ type: 'icegatheringstatechange', target: this })
    if (next === 'complete') this.dispatch({ type: 'icecandidate', target: this, candidate: null })
  }

  #tellCandidates (): void {
    const description = this.localDescription
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

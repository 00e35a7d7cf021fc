import type { WebRtcSessionDescription } from '../../schemas/session-description.js'
import type { WebRtcStats } from '../../schemas/stats.js'
import { readCandidatePair } from './candidate-pair-stats.js'
import type { DataChannel } from './data-channel.js'
import type { DataChannelInit } from './data-channel-init.js'
import { DataChannels } from './data-channels.js'
import { DescriptionExchange } from './description-exchange.js'
import { HandshakeTimes, toTimestamp } from './handshake-times.js'
import { readIceCandidates } from './ice-candidates.js'
import { Inbox } from './inbox.js'
import { isOffence, type PeerLimit, type ResolvedPeerLimits } from './limits.js'
import { Media } from './media.js'
import type { MediaStreamTrack } from './media-stream-track.js'
import { guard, type NativeDataChannel, type PeerConfiguration } from './native.js'
import { NativeConnection } from './native-connection.js'
import type { PeerConnectionEventMap } from './peer-connection-event.js'
import { PeerConnectionStates, type IceConnectionState, type IceGatheringState, type PeerConnectionState, type SignalingState } from './peer-connection-states.js'
import type { MediaKind } from './rtp-codec.js'
import type { RtpSender } from './rtp-sender.js'
import type { RtpTransceiver, RtpTransceiverInit } from './rtp-transceiver.js'
import { SafeEventTarget, type ErrorHandler } from './safe-event-target.js'

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

  readonly #onLimitExceeded: ((limit: PeerLimit) => void) | undefined
  /** For a promise that nobody waits for: its rejection would end the process. */
  readonly #onDefect = (error: unknown): void => this.report(error, 'peer')
  readonly #exceeded: PeerLimit[] = []
  readonly #inbox: Inbox
  readonly #channels: DataChannels
  readonly #media: Media
  readonly #native: NativeConnection
  readonly #descriptions: DescriptionExchange
  readonly #states = new PeerConnectionStates(type => this.dispatch({ type, target: this }))
  readonly #handshake = new HandshakeTimes()
  #toldCandidates = 0
  #isNegotiationNeeded = false
  #wasClosedByPeer = false
  #released: Promise<void> | undefined

  /** @internal `onError` is told of everything that a listener throws, `onLimitExceeded` once of every limit that the far end exceeds. */
  constructor (configuration: PeerConfiguration & ResolvedPeerLimits, onError: ErrorHandler, onLimitExceeded?: (limit: PeerLimit) => void) {
    super(onError)
    const exceed = (limit: PeerLimit) => this.#exceed(limit)
    const onDefect = this.#onDefect
    this.#onLimitExceeded = onLimitExceeded
    this.#inbox = new Inbox(configuration, exceed, onDefect)
    const shared = { limits: configuration, inbox: this.#inbox, onError, onDefect }
    this.#channels = new DataChannels({ ...shared, onLimitExceeded: exceed, onOpen: () => this.#handshake.mark('dataChannelOpen') })
    this.#media = new Media({ ...shared, onNegotiationNeeded: () => this.#negotiationNeeded() })
    this.#native = new NativeConnection({
      configuration,
      onStateChange: state => this.#nativeStateChanged(state),
      onGathering: () => this.#updateGatheringState(),
      onDataChannel: channel => this.#announce(channel),
      onError: (error, where) => this.report(error, where)
    })
    this.#descriptions = new DescriptionExchange({ native: this.#native, channels: this.#channels, media: this.#media, hasMedia: configuration.media ?? false })
  }

  get connectionState (): PeerConnectionState {
    return this.#states.connectionState
  }

  /** Changes together with connectionState: what happens to ICE alone, as when DTLS fails after it, does not show. */
  get iceConnectionState (): IceConnectionState {
    return this.#states.iceConnectionState
  }

  get iceGatheringState (): IceGatheringState {
    return this.#states.iceGatheringState
  }

  get signalingState (): SignalingState {
    return this.#states.signalingState
  }

  /** With every candidate gathered so far; null until there is one. */
  get localDescription (): WebRtcSessionDescription | null {
    return this.#descriptions.localDescription
  }

  /** As it was applied; null until there is one. */
  get remoteDescription (): WebRtcSessionDescription | null {
    return this.#descriptions.remoteDescription
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
    const { native } = this.#native
    const selectedCandidatePair = native && readCandidatePair(native)
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
    const native = this.#native.create()
    if (this.#states.signalingState === 'have-remote-offer') {
      // The listeners of `track` have their say first, and that there are any says that audio and video are welcome.
      for (const transceiver of this.#media.transceivers.announced) this.#announceTrack(transceiver)
      // One of them may have closed it, or have thrown.
      this.#assertOpen('setLocalDescription')
      this.#descriptions.answer(native, this.hasListeners('track'))
      this.#agreed()
    } else {
      this.#descriptions.offer(native)
      this.#states.setSignalingState('have-local-offer')
    }
    this.#handshake.mark('localDescription')
    this.#updateGatheringState()
  }

  /** @internal Keeps an offer for `setLocalDescription` to answer, or applies the answer. Either throws an InvalidAccessError when the native side refuses what the far end described. */
  setRemoteDescription (description: WebRtcSessionDescription): void {
    this.#assertOpen('setRemoteDescription')
    this.#handshake.mark('remoteDescription')
    if (description.type === 'offer') {
      this.#descriptions.setOffer(description)
      this.#states.setSignalingState('have-remote-offer')
    } else {
      this.#agreed(this.#descriptions.setAnswer(description))
    }
  }

  /** @internal Whether this end has to offer: https://www.w3.org/TR/webrtc/#dfn-check-if-negotiation-is-needed */
  get needsNegotiation (): boolean {
    return this.#descriptions.isNegotiated && this.#states.signalingState === 'stable' && this.#media.transceivers.needNegotiation
  }

  /** @internal W3C setLocalDescription with a rollback: takes back an offer that the far end has not answered. Not the first one. */
  rollback (): void {
    this.#assertOpen('rollback')
    this.#descriptions.rollback()
    this.#states.setSignalingState('stable')
  }

  /**
   * @internal Adds a candidate of the far end, an attribute that begins with `candidate:`, when its description was applied.
   * What the native side refuses has no consequences: it may have closed, by itself too, which it then tells.
   */
  addIceCandidate (candidate: string): void {
    this.#native.addIceCandidate(candidate)
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
    if (this.#states.signalingState === 'closed') return
    this.#states.close()
    this.#released = this.#native.release(this.#channels, this.#media, this.#exceeded.length === 0).catch(this.#onDefect)
    this.#inbox.close()
    this.#channels.peerConnectionClosed()
    this.#media.close()
    this.#states.closed()
  }

  #exceed (limit: PeerLimit): void {
    if (!this.#exceeded.includes(limit)) {
      this.#exceeded.push(limit)
      // What it throws must not keep a native channel from its callbacks.
      guard(() => this.#onLimitExceeded?.(limit), this.#onDefect)()
    }
    if (isOffence(limit)) this.#close()
  }

  #assertOpen (method: string): void {
    if (this.#states.signalingState === 'closed') throw new DOMException(`${method}: the connection is closed`, 'InvalidStateError')
  }

  /** Only once the first descriptions are agreed on, and what was missing from them natively, stays so. */
  #assertMedia (method: string): void {
    this.#assertOpen(method)
    if (this.#descriptions.isNegotiated && !this.#media.isAttached) throw new DOMException(`${method}: expected audio or video in the first descriptions, or the option media`, 'InvalidStateError')
  }

  #nativeStateChanged (state: PeerConnectionState): void {
    if (state === 'connected') {
      this.#handshake.mark('connected')
      this.#states.setConnectionState(state)
    }
    if (state === 'disconnected' || state === 'failed') this.#channels.afterMessages(() => this.#states.setConnectionState(state))
    if (state === 'closed') {
      this.#channels.afterMessages(() => {
        this.#wasClosedByPeer = this.#states.signalingState !== 'closed'
        this.#close()
      })
    }
  }

  /** The far end has answered, or was answered. */
  #agreed (announced: readonly RtpTransceiver[] = []): void {
    this.#states.setSignalingState('stable')
    this.#states.startConnecting()
    for (const transceiver of announced) this.#announceTrack(transceiver)
    this.#negotiationNeeded()
  }

  #announce (native: NativeDataChannel): void {
    const isAdmitted = this.#inbox.admitChannel(Buffer.byteLength(native.getLabel()) + Buffer.byteLength(native.getProtocol()))
    const hasRoom = isAdmitted && this.#channels.hasRoom
    if (isAdmitted && !hasRoom) this.#exceed('maxDataChannels')
    if (!hasRoom) return this.#channels.refuse(native)
    const channel = this.#channels.add(native)
    channel.open()
    this.dispatch({ type: 'datachannel', target: this, channel })
    channel.announceOpen()
    // A channel that the far end has closed by now does not tell of it any more.
    if (!native.isOpen()) channel.release().catch(this.#onDefect)
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

  #updateGatheringState (): void {
    if (this.#states.signalingState === 'closed' || this.#states.iceGatheringState === 'complete') return
    const { iceGatheringState } = this.#native
    if (iceGatheringState === 'complete') this.#native.keepLocalDescription()
    this.#tellCandidates()
    if (iceGatheringState === this.#states.iceGatheringState) return
    this.#states.setIceGatheringState(iceGatheringState)
    if (iceGatheringState === 'complete') this.dispatch({ type: 'icecandidate', target: this, candidate: null })
  }

  #tellCandidates (): void {
    const description = this.localDescription
    const untold = description ? readIceCandidates(description.sdp).slice(this.#toldCandidates) : []
    this.#toldCandidates += untold.length
    for (const candidate of untold) this.dispatch({ type: 'icecandidate', target: this, candidate })
  }
}

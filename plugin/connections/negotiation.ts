import type { WebRtcIceCandidate } from '../../schemas/ice-candidate.js'
import type { WebRtcSessionDescription } from '../../schemas/session-description.js'
import { ClientGoneError, ClosingError, ConnectionNotFoundError, HookFailedError, InvalidDescriptionError, InvalidStateError, NegotiationTimedOutError, NoSocketError, PeerFailedError } from '../errors.js'
import { defer } from '../peer/event-loop.js'
import { settlesWithin } from '../settles-within.js'
import { describeAddress, lacksSocket } from '../peer/local-address.js'
import type { PeerConfiguration } from '../peer/native.js'
import { advertise, type AdvertisedAddress } from './advertise.js'
import type { BoundPeer } from './bound-peer.js'
import { LocalDescriptionEvents } from './local-description-events.js'
import type { PeerNews } from './peer-news.js'
import { RemoteCandidateList } from './remote-candidate-list.js'
import type { ClientAddress } from './remote-candidates.js'
import { inTurn } from '../turns.js'
import { offerWhenNeeded } from './renegotiation.js'
import { formatSessionDescription, parseSessionDescription, type Agreed } from './session-description.js'
import { StateEvents } from './state-events.js'

/** What the application does with a peer before it negotiates. */
export interface Hook {
  name: 'beforeOffer' | 'beforeAnswer'
  run: () => unknown
}

/** What all negotiations have in common. */
export interface NegotiationSettings extends Pick<PeerConfiguration, 'bindAddress' | 'udpPort' | 'portRange'> {
  /** What the far end is told in place of the local address. */
  advertise?: AdvertisedAddress
  /** In milliseconds. */
  timeToHostCandidates: number
  /** In milliseconds: also how long an offer that is made later waits for its answer. */
  timeToConnected: number
}

/** With whom. */
export interface NegotiationInit {
  /** Where the server may send for this client. */
  isAllowedAddress: (address: string) => boolean
  client: ClientAddress
  /** Whether the far end takes the candidates by themselves. */
  trickle: boolean
  news: PeerNews
}

/** The exchange of descriptions and candidates by one peer, and what the far end is told of it. */
export class Negotiation {
  readonly peer: BoundPeer
  readonly #settings: NegotiationSettings
  readonly #init: NegotiationInit
  readonly #remoteCandidates: RemoteCandidateList
  readonly #states: StateEvents
  readonly #localDescriptionEvents: LocalDescriptionEvents
  #describedAt = 0
  #isRemoteApplied = false

  constructor (peer: BoundPeer, settings: NegotiationSettings, init: NegotiationInit) {
    this.peer = peer
    this.#settings = settings
    this.#init = init
    this.#remoteCandidates = new RemoteCandidateList(init.isAllowedAddress, init.client)
    this.#states = new StateEvents(peer.peerConnection, init.news)
    this.#localDescriptionEvents = new LocalDescriptionEvents(this, init)
    offerWhenNeeded(peer, { timeToAnswer: settings.timeToConnected, describe: () => this.describe() })
  }

  get localDescription (): WebRtcSessionDescription | undefined {
    const { localDescription } = this.peer.peerConnection
    if (!localDescription) return undefined
    const { advertise: address } = this.#settings
    return address ? { ...localDescription, sdp: advertise(localDescription.sdp, address) } : localDescription
  }

  get remoteDescription (): WebRtcSessionDescription | undefined {
    return this.peer.peerConnection.remoteDescription ?? undefined
  }

  /** For a far end that takes the candidates by themselves: the local description as it is told of it, once there is one, and the event that told of it. */
  get told (): { localDescription: WebRtcSessionDescription, lastEventId: number } | undefined {
    return this.#init.trickle ? { localDescription: this.#localDescriptionEvents.toldDescription, lastEventId: this.#describedAt } : undefined
  }

  /** Tells what has not been told yet: before somebody reads the states. */
  flush (): void {
    this.#states.flush()
  }

  /**
   * Runs the hook and makes the local description: the answer to `remoteDescription`, or an offer.
   * Throws InvalidDescription, HookFailed, PeerFailed, NoSocket, NegotiationTimedOut, Closing, ClientGone, ConnectionNotFound.
   */
  async start (hook: Hook, remoteDescription?: WebRtcSessionDescription): Promise<void> {
    const { peerConnection } = this.peer
    if (remoteDescription) this.#setOffer(remoteDescription)
    await this.#untilEnded(this.#runHook(hook), hook)
    await inTurn(() => {
      this.#assertNotEnded(hook)
      this.#native(() => peerConnection.setLocalDescription())
    })
    if (remoteDescription) this.#remoteApplied()
    await this.#untilEnded(this.#gathered(), hook)
  }

  /** Tells of the local description that was made. */
  describe (): void {
    this.flush()
    this.#describedAt = this.#localDescriptionEvents.describe()
  }

  /** Tells of nothing any more. */
  end (): void {
    this.flush()
    this.#init.news.end()
  }

  /**
   * Applies the far end's answer or, once connected, its offer, of which localDescription is the answer then. Throws
   * InvalidDescription, which leaves the peer as it was unless it is the native side's, and InvalidState, also for an offer
   * while one of the server's is not answered: the far end takes its own back.
   */
  setRemoteDescription (description: WebRtcSessionDescription): WebRtcSessionDescription {
    const { signalingState, connectionState } = this.peer.peerConnection
    if (description.type === 'answer' && signalingState === 'have-local-offer') return this.#applyAnswer(description)
    if (description.type === 'offer' && signalingState === 'stable' && connectionState === 'connected') return this.#answer(description)
    throw new InvalidStateError(`expected an answer in have-local-offer, or an offer in stable once connected, found an ${description.type} in ${signalingState}`)
  }

  /** Those of the far end's candidates that are used; before its description they are kept. Throws InvalidState. */
  addRemoteCandidates (candidates: readonly WebRtcIceCandidate[]): WebRtcIceCandidate[] {
    if (this.peer.peerConnection.signalingState === 'closed') throw new InvalidStateError('expected a peer that is not closed')
    const used = this.#remoteCandidates.add(candidates)
    if (this.#isRemoteApplied) this.#handOver()
    return used
  }

  #remoteApplied (): void {
    this.#isRemoteApplied = true
    this.#handOver()
  }

  #handOver (): void {
    for (const candidate of this.#remoteCandidates.takeWaiting()) this.peer.peerConnection.addIceCandidate(candidate)
  }

  #applyAnswer (description: WebRtcSessionDescription): WebRtcSessionDescription {
    const { peerConnection } = this.peer
    const checked = this.#checkDescription(description, { offer: peerConnection.localDescription!.sdp, previous: this.remoteDescription?.sdp })
    this.#native(() => peerConnection.setRemoteDescription(checked))
    this.#remoteApplied()
    return checked
  }

  #answer (description: WebRtcSessionDescription): WebRtcSessionDescription {
    const { peerConnection } = this.peer
    const checked = this.#checkDescription(description, { previous: this.remoteDescription?.sdp, local: peerConnection.localDescription!.sdp })
    this.#native(() => {
      peerConnection.setRemoteDescription(checked)
      peerConnection.setLocalDescription()
    })
    this.describe()
    return checked
  }

  #setOffer (description: WebRtcSessionDescription): void {
    if (description.type !== 'offer') throw new InvalidDescriptionError(`expected an offer, found an ${description.type}`)
    this.peer.peerConnection.setRemoteDescription(this.#checkDescription(description))
  }

  #checkDescription (description: WebRtcSessionDescription, agreed?: Agreed): WebRtcSessionDescription {
    const parsed = parseSessionDescription(description, agreed)
    return { type: description.type, sdp: formatSessionDescription(parsed, this.#remoteCandidates.describe(parsed)) }
  }

  async #runHook ({ name, run }: Hook): Promise<void> {
    try {
      await run()
    } catch (cause) {
      this.peer.threw(cause, name)
      throw new HookFailedError(name)
    }
  }

  /** What the native side throws, wrapped once: after that the peer is of no use. */
  #native (call: () => void): void {
    try {
      call()
    } catch (cause) {
      // A listener threw meanwhile, which ends the peer.
      if (this.peer.endReason === 'handler-error') throw new HookFailedError('track')
      const isRefusal = cause instanceof DOMException && cause.name === 'InvalidAccessError'
      const hasNoSocket = lacksSocket(cause)
      if (!isRefusal) this.peer.log.report(hasNoSocket ? new Error(describeAddress(this.#settings), { cause }) : cause, 'peer')
      this.peer.fail('peer-error')
      if (hasNoSocket) throw new NoSocketError({ cause })
      throw isRefusal ? new InvalidDescriptionError('the peer refused it', { cause }) : new PeerFailedError({ cause })
    }
  }

  /** Without STUN or TURN servers gathering is complete by now. */
  async #gathered (): Promise<void> {
    const { peerConnection, ended } = this.peer
    if (this.#init.trickle || peerConnection.iceGatheringState === 'complete') return
    const { promise: complete, resolve } = defer()
    peerConnection.addEventListener('icegatheringstatechange', () => { if (peerConnection.iceGatheringState === 'complete') resolve() })
    await settlesWithin(Promise.race([complete, ended]), this.#settings.timeToHostCandidates)
    if (!peerConnection.localDescription?.sdp.includes('a=candidate:')) throw new NegotiationTimedOutError('no candidate was gathered within timeToHostCandidates')
  }

  /** The operation's result, or the error that says why the peer ended before there was one. */
  async #untilEnded (operation: Promise<void>, hook: Hook): Promise<void> {
    await Promise.race([operation, this.peer.ended])
    this.#assertNotEnded(hook)
  }

  #assertNotEnded (hook: Hook): void {
    const reason = this.peer.endReason
    if (reason === 'timeout') throw new NegotiationTimedOutError('no local description was made within timeToConnected')
    if (reason === 'shutdown') throw new ClosingError()
    if (reason === 'aborted') throw new ClientGoneError()
    if (reason === 'deleted' || reason === 'limit-exceeded') throw new ConnectionNotFoundError()
    if (reason) throw new HookFailedError(hook.name)
  }
}

import { ConnectionError, unwrap } from './connection-error.js'
import { readEvents } from './events.js'
import type { components } from './schema.js'
import type { SignalingClient } from './signaling-client.js'

type WebRtcSessionDescription = components['schemas']['WebRtcSessionDescription']

export interface RenegotiationInit {
  api: SignalingClient
  id: string
  /** The last event that this end knows of. */
  lastEventId: number
  peerConnection: RTCPeerConnection
  /** What is done to each description of this end before it is applied. */
  prepare: (sdp: string) => string
  /** Told of what ends the negotiation: the connection itself may go on. */
  onError: (error: unknown) => void
}

/** How often a description is posted to a server that cannot be reached, and the time between, in milliseconds: at random up to that. */
const ATTEMPTS = 5
const DELAY = 500

/**
 * What follows the handshake: either end offers again. This end is the polite one of the W3C's perfect negotiation
 * (https://www.w3.org/TR/webrtc/#perfect-negotiation-example). The server tells of its offers and answers in the order in which
 * it made them, and that is the order in which they are heard here, none while a description of this end is under way.
 */
export class Renegotiation {
  readonly #init: RenegotiationInit
  readonly #controller = new AbortController()
  #operations: Promise<void> = Promise.resolve()
  #isReading = false
  /** Whether this end has something to offer, once it is connected. */
  #isNeeded = false
  /** Whether the server's offer has to be heard of first. */
  #isWaiting = false

  /** From now on: right before the last description of the handshake is applied. */
  constructor (init: RenegotiationInit) {
    this.#init = init
    init.peerConnection.addEventListener('negotiationneeded', this.#negotiationNeeded)
    init.peerConnection.addEventListener('connectionstatechange', this.#offerIfNeeded)
  }

  /** Begins to hear of the server's offers. Before, or without it, this end's own offers begin it. */
  listen (): void {
    if (this.#isReading || this.#controller.signal.aborted) return
    this.#isReading = true
    this.#read().catch(error => this.#failed(error))
  }

  /** Harmless when called again. */
  close (): void {
    const { peerConnection } = this.#init
    peerConnection.removeEventListener('negotiationneeded', this.#negotiationNeeded)
    peerConnection.removeEventListener('connectionstatechange', this.#offerIfNeeded)
    this.#controller.abort()
  }

  readonly #negotiationNeeded = (): void => {
    this.#isNeeded = true
    this.#offerIfNeeded()
  }

  readonly #offerIfNeeded = (): void => {
    if (!this.#isNeeded || this.#init.peerConnection.connectionState !== 'connected') return
    this.#isNeeded = false
    this.listen()
    this.#run(() => this.#offer())
  }

  async #read (): Promise<void> {
    const { api, id, lastEventId } = this.#init
    const { signal } = this.#controller
    for await (const event of readEvents(api, id, { lastEventId, signal })) {
      if (event.type === 'description') await this.#run(() => this.#hear(event.description))
    }
    this.close()
  }

  /** One after the other. */
  #run (operation: () => Promise<void>): Promise<void> {
    this.#operations = this.#operations.then(async () => {
      if (!this.#controller.signal.aborted && this.#init.peerConnection.signalingState !== 'closed') await operation()
    }).catch(error => this.#failed(error))
    return this.#operations
  }

  async #offer (): Promise<void> {
    const { peerConnection } = this.#init
    if (this.#isWaiting || peerConnection.signalingState !== 'stable') return
    const offer = this.#prepare(await peerConnection.createOffer())
    await peerConnection.setLocalDescription(offer)
    if (await this.#post(offer)) return
    await peerConnection.setLocalDescription({ type: 'rollback' })
    // At which this end says again that it needs to negotiate: at once, and once the server's offer is answered.
    this.#isWaiting = await this.#isOffered()
    if (!this.#isWaiting) await delay()
  }

  /** Whether the server has an offer of its own under way; otherwise it does not know yet that it is connected. */
  async #isOffered (): Promise<boolean> {
    const { api, id } = this.#init
    const { signalingState } = await unwrap(api.GET('/connections/{id}', { params: { path: { id } }, signal: this.#controller.signal }))
    return signalingState === 'have-local-offer'
  }

  async #hear (description: WebRtcSessionDescription): Promise<void> {
    const { peerConnection } = this.#init
    if (description.type === 'offer') return await this.#answer(description)
    // An offer that was posted twice is answered twice.
    if (peerConnection.signalingState === 'have-local-offer') await peerConnection.setRemoteDescription(description)
  }

  /** The answer is applied when the server has taken it: it may have taken its offer back. */
  async #answer (description: WebRtcSessionDescription): Promise<void> {
    const { peerConnection } = this.#init
    this.#isWaiting = false
    await peerConnection.setRemoteDescription(description)
    const answer = this.#prepare(await peerConnection.createAnswer())
    if (await this.#post(answer)) await peerConnection.setLocalDescription(answer)
    else await peerConnection.setRemoteDescription({ type: 'rollback', sdp: '' })
  }

  #prepare ({ type, sdp = '' }: RTCSessionDescriptionInit): WebRtcSessionDescription {
    return { type: type as WebRtcSessionDescription['type'], sdp: this.#init.prepare(sdp) }
  }

  /** Whether the server has taken it; false when it does not fit to its state. A server that could not be reached may have. */
  async #post (body: WebRtcSessionDescription, attempt = 1): Promise<boolean> {
    const { api, id } = this.#init
    const { signal } = this.#controller
    try {
      await unwrap(api.POST('/connections/{id}/remote-description', { params: { path: { id } }, body, signal }))
      return true
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error
      // Of an answer that was posted again this says that the first one was taken.
      if (error.statusCode === 409) return attempt > 1 && body.type === 'answer'
      if (attempt === ATTEMPTS || (error.statusCode ?? 500) < 500) throw error
    }
    await delay()
    return await this.#post(body, attempt + 1)
  }

  #failed (error: unknown): void {
    if (this.#controller.signal.aborted) return
    this.close()
    this.#init.onError(error)
  }
}

function delay (): Promise<void> {
  return new Promise(resolve => { setTimeout(resolve, Math.random() * DELAY) })
}

import type { WebRtcIceCandidate } from '../../schemas/ice-candidate.js'
import type { WebRtcSessionDescription } from '../../schemas/session-description.js'
import { readIceCandidates, readUsernameFragment, withoutIceCandidates } from '../peer/ice-candidates.js'
import type { PeerConnection } from '../peer/peer-connection.js'
import type { PeerNews } from './peer-news.js'

/** What is told of a local description. */
export interface LocalDescriptionEventsInit {
  /** With every candidate gathered so far. */
  localDescription: () => WebRtcSessionDescription
  /** Whether it is told without candidates, which follow as events. */
  trickle: boolean
  news: PeerNews
}

/** Tells the log of a peer's local description and of the candidates that were not in it. */
export class LocalDescriptionEvents {
  readonly #peerConnection: PeerConnection
  readonly #init: LocalDescriptionEventsInit
  readonly #found = new Set<string>()
  /** In a description or by themselves. */
  readonly #told = new Set<string>()
  #isDescribed = false
  #isEndTold = false

  constructor (peerConnection: PeerConnection, init: LocalDescriptionEventsInit) {
    this.#peerConnection = peerConnection
    this.#init = init
    peerConnection.addEventListener('icecandidate', ({ candidate }) => this.#gathered(candidate === null))
  }

  /** The description as the far end is told of it. */
  get toldDescription (): WebRtcSessionDescription {
    const { localDescription, trickle } = this.#init
    const { type, sdp } = localDescription()
    return { type, sdp: trickle ? withoutIceCandidates(sdp) : sdp }
  }

  /** Tells of the description, and from now on of the candidates that were not in it. Returns the id of the event that tells of it. */
  describe (): number {
    const { news, trickle } = this.#init
    const isComplete = this.#peerConnection.iceGatheringState === 'complete'
    this.#isDescribed = true
    if (!trickle) {
      for (const { candidate } of this.#candidates) this.#told.add(candidate)
      this.#isEndTold ||= isComplete
    }
    news.append({ type: 'description', description: this.toldDescription })
    const { lastId } = news
    this.#tellCandidates(isComplete)
    return lastId
  }

  get #candidates (): WebRtcIceCandidate[] {
    return readIceCandidates(this.#init.localDescription().sdp)
  }

  get #endOfCandidates (): WebRtcIceCandidate {
    return { candidate: '', usernameFragment: readUsernameFragment(this.#init.localDescription().sdp) }
  }

  #gathered (isComplete: boolean): void {
    const { news } = this.#init
    for (const candidate of this.#candidates) {
      if (this.#found.has(candidate.candidate)) continue
      this.#found.add(candidate.candidate)
      news.add(candidate)
    }
    if (isComplete) news.add(this.#endOfCandidates)
    if (this.#isDescribed) this.#tellCandidates(isComplete)
    news.wake()
  }

  #tellCandidates (isComplete: boolean): void {
    const { news } = this.#init
    for (const candidate of this.#candidates) {
      if (this.#told.has(candidate.candidate)) continue
      this.#told.add(candidate.candidate)
      news.append({ type: 'candidate', candidate })
    }
    if (!isComplete || this.#isEndTold) return
    this.#isEndTold = true
    news.append({ type: 'candidate', candidate: this.#endOfCandidates })
  }
}

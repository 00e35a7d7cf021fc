import type { WebRtcIceCandidate } from '../../schemas/ice-candidate.js'
import type { WebRtcSessionDescription } from '../../schemas/session-description.js'
import { readIceCandidates, readUsernameFragment, withoutIceCandidates } from '../peer/ice-candidates.js'
import type { BoundPeer } from './bound-peer.js'
import type { PeerNews } from './peer-news.js'

/** Whose description is told of. */
export interface Describable {
  readonly peer: Pick<BoundPeer, 'peerConnection'>
  /** With every candidate gathered so far; undefined until there is one. */
  readonly localDescription: WebRtcSessionDescription | undefined
}

/** How it is told of. */
export interface LocalDescriptionEventsInit {
  /** Whether it is told without candidates, which follow as events. */
  trickle: boolean
  news: PeerNews
}

/** Tells the log of a peer's local description and of the candidates that were not in it. */
export class LocalDescriptionEvents {
  readonly #described: Describable
  readonly #init: LocalDescriptionEventsInit
  /** How many candidates. */
  #found = 0
  /** How many of them, in a description or by themselves. */
  #told = 0
  #isDescribed = false
  #isEndTold = false

  constructor (described: Describable, init: LocalDescriptionEventsInit) {
    this.#described = described
    this.#init = init
    described.peer.peerConnection.addEventListener('icecandidate', ({ candidate }) => this.#gathered(candidate === null))
  }

  /** The description as the far end is told of it. */
  get toldDescription (): WebRtcSessionDescription {
    const { type, sdp } = this.#described.localDescription!
    return { type, sdp: this.#init.trickle ? withoutIceCandidates(sdp) : sdp }
  }

  /** Tells of the description, and from now on of the candidates that were not in it. Returns the id of the event that tells of it. */
  describe (): number {
    const { news, trickle } = this.#init
    const isComplete = this.#described.peer.peerConnection.iceGatheringState === 'complete'
    this.#isDescribed = true
    if (!trickle) {
      this.#told = this.#candidates.length
      this.#isEndTold ||= isComplete
    }
    news.append({ type: 'description', description: this.toldDescription })
    const { lastId } = news
    this.#tellCandidates(isComplete)
    return lastId
  }

  get #candidates (): WebRtcIceCandidate[] {
    return readIceCandidates(this.#described.localDescription!.sdp)
  }

  get #endOfCandidates (): WebRtcIceCandidate {
    return { candidate: '', usernameFragment: readUsernameFragment(this.#described.localDescription!.sdp) }
  }

  #gathered (isComplete: boolean): void {
    const { news } = this.#init
    const found = this.#candidates.slice(this.#found)
    this.#found += found.length
    for (const candidate of found) news.add(candidate)
    if (isComplete) news.add(this.#endOfCandidates)
    if (this.#isDescribed) this.#tellCandidates(isComplete)
    news.wake()
  }

  #tellCandidates (isComplete: boolean): void {
    const { news } = this.#init
    const untold = this.#candidates.slice(this.#told)
    this.#told += untold.length
    for (const candidate of untold) news.append({ type: 'candidate', candidate })
    if (!isComplete || this.#isEndTold) return
    this.#isEndTold = true
    news.append({ type: 'candidate', candidate: this.#endOfCandidates })
  }
}

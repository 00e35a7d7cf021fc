import type { WebRtcIceCandidate, WebRtcLocalIceCandidates } from '../../schemas/ice-candidate.js'

/** The candidates of a connection's current peer, for those who ask for them piece by piece. The cursor counts those of the peers before it too. */
export class LocalCandidates {
  #before = 0
  #candidates: WebRtcIceCandidate[] = []

  /** What is added from now on is of another peer. */
  startPeer (): void {
    this.#before += this.#candidates.length
    this.#candidates = []
  }

  add (candidate: WebRtcIceCandidate): void {
    this.#candidates.push(candidate)
  }

  after (cursor: number): WebRtcLocalIceCandidates {
    const candidates = this.#candidates.slice(Math.max(0, cursor - this.#before))
    return { candidates, cursor: this.#before + this.#candidates.length }
  }
}

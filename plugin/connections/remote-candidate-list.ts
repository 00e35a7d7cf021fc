import type { WebRtcIceCandidate } from '../../schemas/ice-candidate.js'
import { filterRemoteCandidates, MAX_REMOTE_CANDIDATES, toRemoteCandidate, type ClientAddress } from './remote-candidates.js'
import type { ParsedDescription } from './session-description.js'

const PREFIX = 'candidate:'

/** A candidate that came by itself. */
interface Trickled {
  /** As the native side gets it. */
  value: string
  usernameFragment: string | undefined
}

/** The candidates of one far end that the server uses, whether they came in its description, before or after it: one policy, and one limit for all of them. */
export class RemoteCandidateList {
  readonly #isAllowed: (address: string) => boolean
  readonly #client: ClientAddress
  /** By address and port. */
  readonly #known = new Map<string, string>()
  #waiting = new Map<string, Trickled>()
  #usernameFragment: string | undefined
  /** That no more will come, and of which description that was said, if it was. */
  #end: Pick<WebRtcIceCandidate, 'usernameFragment'> | undefined

  constructor (isAllowed: (address: string) => boolean, client: ClientAddress) {
    this.#isAllowed = isAllowed
    this.#client = client
  }

  /** The candidates of a description, as the native side gets them. Those that came before and belong to another one are dropped. */
  describe ({ candidates, usernameFragment, isEnded }: ParsedDescription): string[] {
    for (const [key, trickled] of this.#waiting) {
      if (trickled.usernameFragment === undefined || trickled.usernameFragment === usernameFragment) continue
      this.#waiting.delete(key)
      this.#known.delete(key)
    }
    this.#usernameFragment = usernameFragment
    if (isEnded) this.#end = {}
    else if ((this.#end?.usernameFragment ?? usernameFragment) !== usernameFragment) this.#end = undefined
    return filterRemoteCandidates(candidates, this.#isAllowed, this.#client, this.#known)
  }

  /** Those of the candidates that are used, as they are used. After the last one all others are ignored: RFC 8838, 14. */
  add (candidates: readonly WebRtcIceCandidate[]): WebRtcIceCandidate[] {
    return candidates.flatMap(candidate => {
      const value = this.#addOne(candidate)
      return value === undefined ? [] : [{ ...candidate, candidate: value }]
    })
  }

  /** What the native side has not got yet. */
  takeWaiting (): string[] {
    const values = [...this.#waiting.values()].map(({ value }) => value)
    this.#waiting = new Map()
    return values
  }

  #addOne ({ candidate, usernameFragment }: WebRtcIceCandidate): string | undefined {
    if (this.#end || (usernameFragment !== undefined && usernameFragment !== (this.#usernameFragment ?? usernameFragment))) return undefined
    if (candidate === '') {
      this.#end = { usernameFragment }
      return candidate
    }
    const { key, value } = toRemoteCandidate(candidate.slice(PREFIX.length), this.#isAllowed, this.#client) ?? {}
    if (key === undefined || value === undefined) return undefined
    const known = this.#known.get(key)
    if (known !== undefined) return PREFIX + known
    if (this.#known.size >= MAX_REMOTE_CANDIDATES) return undefined
    this.#known.set(key, value)
    this.#waiting.set(key, { value: PREFIX + value, usernameFragment })
    return PREFIX + value
  }
}

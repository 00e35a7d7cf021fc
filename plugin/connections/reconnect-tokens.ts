import { timingSafeEqual } from 'node:crypto'
import { randomText } from '../random-text.js'

/**
 * What a client shows to get its connection a new peer. Each use makes the next token; the one that was used stays good until
 * the peer made with it has connected, since the answer with the next one may have been lost. To ask again with it brings the
 * same next token: requests that overtake each other end in one.
 */
export class ReconnectTokens {
  #current = randomText()
  #next: string | undefined

  /** What the client is to be told. */
  get latest (): string {
    return this.#next ?? this.#current
  }

  /** Whether a new peer may be made with it. Takes as long for a wrong one as for a right one. */
  accept (token: string): boolean {
    const isCurrent = isEqual(token, this.#current)
    return this.#isNext(token) || isCurrent
  }

  /** A peer was made with a token that was accepted. */
  use (token: string): void {
    if (this.#isNext(token)) this.peerConnected()
    this.#next ??= randomText()
  }

  /** The client has had its answer. */
  peerConnected (): void {
    this.#current = this.latest
    this.#next = undefined
  }

  #isNext (token: string): boolean {
    return isEqual(token, this.#next ?? this.#current) && this.#next !== undefined
  }
}

function isEqual (token: string, expected: string): boolean {
  const [found, wanted] = [Buffer.from(token), Buffer.from(expected)]
  return found.length === wanted.length && timingSafeEqual(found, wanted)
}

import type { WebRtcStats } from '../../schemas/stats.js'

type Handshake = WebRtcStats['handshake']

/** When each step of a peer's handshake was made, in milliseconds since the peer was. */
export class HandshakeTimes {
  readonly #created = performance.now()
  readonly #steps: Omit<Handshake, 'created'> = {}

  /** The step has been made; only its first time counts. */
  mark (step: Exclude<keyof Handshake, 'created'>): void {
    this.#steps[step] ??= round(performance.now() - this.#created)
  }

  toJSON (): Handshake {
    return { created: toTimestamp(this.#created), ...this.#steps }
  }
}

/** The time of day that belongs to a time of performance.now(), in milliseconds: https://www.w3.org/TR/hr-time/#dfn-estimated-monotonic-time-of-the-unix-epoch */
export function toTimestamp (now: number): number {
  return round(performance.timeOrigin + now)
}

function round (milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000
}

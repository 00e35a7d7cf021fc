/** What was given to a channel to be sent, and has not left yet: https://www.w3.org/TR/webrtc/#dom-rtcdatachannel-bufferedamount */
export class BufferedAmount {
  readonly #queued: () => number
  readonly #onLow: () => void
  #sentInTurn = 0
  /** In bytes. */
  lowThreshold = 0

  /** `queued` is what waits natively. */
  constructor (queued: () => number, onLow: () => void) {
    this.#queued = queued
    this.#onLow = onLow
  }

  get bytes (): number {
    return this.#sentInTurn + this.#queued()
  }

  /** What the native channel passes on at once never counts as buffered there: the amount that W3C has it sink by, and its event, are made here. */
  sent (size: number): void {
    if (this.#sentInTurn === 0 && size > 0) {
      setImmediate(() => {
        const wasHigh = this.bytes > this.lowThreshold
        this.#sentInTurn = 0
        if (wasHigh && this.bytes <= this.lowThreshold) this.#onLow()
      })
    }
    this.#sentInTurn += size
  }
}

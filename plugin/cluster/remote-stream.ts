import { Readable } from 'node:stream'

/** How much may wait for a slow reader, in bytes. What else it has not read stays with the process that answers. */
const MAX_WAITING = 16_384

export interface RemoteStreamInit {
  /** Settles with the next piece, which is empty when nothing has happened; rejects when there is no more to be had. */
  next: () => Promise<{ chunk: Uint8Array, isLast: boolean }>
  /** No more is wanted. */
  cancel: () => void
}

/** The rest of an answer of another process. A piece is asked for when its reader has read what there is. */
export class RemoteStream extends Readable {
  readonly #init: RemoteStreamInit
  #first: Uint8Array | undefined
  #isWhole = false

  constructor (first: Uint8Array, init: RemoteStreamInit) {
    super({ highWaterMark: MAX_WAITING })
    this.#init = init
    this.#first = first
  }

  override _read (): void {
    const first = this.#first
    this.#first = undefined
    if (first && first.length > 0) this.push(first)
    else this.#pull().catch(error => this.destroy(error))
  }

  override _destroy (error: Error | null, callback: (error: Error | null) => void): void {
    if (!this.#isWhole) this.#init.cancel()
    callback(error)
  }

  async #pull (): Promise<void> {
    while (!this.destroyed) {
      const { chunk, isLast } = await this.#init.next()
      if (chunk.length > 0) this.push(chunk)
      if (isLast) {
        this.#isWhole = true
        this.push(null)
      }
      if (isLast || chunk.length > 0) return
    }
  }
}

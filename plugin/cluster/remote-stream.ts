import { Readable } from 'node:stream'

/** How much may wait for a slow reader, in bytes. What else it has not read stays with the process that answers. */
const MAX_WAITING = 16_384
/** How long its reader may read nothing, in milliseconds. */
const TIME_TO_READ = 30_000

export interface RemoteStreamInit {
  /** Settles with the next piece, which is empty when nothing has happened; rejects when there is no more to be had. */
  next: () => Promise<{ chunk: Uint8Array, isLast: boolean }>
  /** No more is wanted. */
  cancel: () => void
  /** Default 30000. */
  timeToRead?: number
}

/**
 * The rest of an answer of another process. A piece is asked for when its reader has read what there is; one that reads nothing
 * for too long is cut off. Emits 'whole' when the last piece is there.
 */
export class RemoteStream extends Readable {
  readonly #init: RemoteStreamInit
  #first: Uint8Array | undefined
  #isWhole = false
  #unread: NodeJS.Timeout | undefined

  constructor (first: Uint8Array, init: RemoteStreamInit) {
    super({ highWaterMark: MAX_WAITING })
    this.#init = init
    this.#first = first
    this.#expect()
  }

  override _read (): void {
    clearTimeout(this.#unread)
    const first = this.#first
    this.#first = undefined
    if (first && first.length > 0) this.#give(first)
    else this.#pull().catch(error => this.destroy(error))
  }

  override _destroy (error: Error | null, callback: (error: Error | null) => void): void {
    clearTimeout(this.#unread)
    if (!this.#isWhole) this.#init.cancel()
    callback(error)
  }

  #give (chunk: Uint8Array): void {
    this.#expect()
    this.push(chunk)
  }

  /** Its reader may be gone. */
  #expect (): void {
    clearTimeout(this.#unread)
    this.#unread = setTimeout(() => this.destroy(new Error('the reader of what another process answers has stopped reading')), this.#init.timeToRead ?? TIME_TO_READ).unref()
  }

  async #pull (): Promise<void> {
    while (!this.destroyed) {
      const { chunk, isLast } = await this.#init.next()
      if (chunk.length > 0) this.#give(chunk)
      if (isLast) {
        this.#isWhole = true
        this.push(null)
        this.emit('whole')
      }
      if (isLast || chunk.length > 0) return
    }
  }
}

/** Somebody who waits for news of a connection. */
export interface Reader {
  /** There may be something new. */
  onNews (): void
  /** Others have come, and there is no more room for this one. */
  onReplaced (): void
}

/** How many may wait at a time. The oldest makes room: a client that comes again does not wait for its own last request to be noticed as lost. */
export const MAX_READERS = 4

/** Those who wait for news of one connection. */
export class Readers {
  #readers: readonly Reader[] = []

  /** The returned function takes it out again. */
  add (reader: Reader): () => void {
    const replaced = this.#readers.length >= MAX_READERS ? this.#readers[0] : undefined
    this.#readers = [...this.#readers.filter(other => other !== replaced), reader]
    replaced?.onReplaced()
    return () => { this.#readers = this.#readers.filter(other => other !== reader) }
  }

  wake (): void {
    for (const reader of this.#readers) reader.onNews()
  }
}

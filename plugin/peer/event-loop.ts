/** Settles when every native callback that is due by now has been called. The first immediate may end a turn that is past some of them. */
export function nextTurn (): Promise<void> {
  return new Promise(resolve => { setImmediate(() => setImmediate(resolve)) })
}

export interface Deferred {
  promise: Promise<void>
  resolve: () => void
}

/** A promise that somebody else settles. */
export function defer (): Deferred {
  let resolve!: () => void
  const promise = new Promise<void>(_resolve => { resolve = _resolve })
  return { promise, resolve }
}

/** Settles when every native callback that is due by now has been called. The first immediate may end a turn that is past some of them. */
export function nextTurn (): Promise<void> {
  return new Promise(resolve => { setImmediate(() => setImmediate(resolve)) })
}

/** Whether the promise settles within so many milliseconds. */
export async function settlesWithin (promise: Promise<unknown>, time: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<boolean>(resolve => { timer = setTimeout(resolve, time, false) })
  const settled = await Promise.race([promise.then(() => true), deadline])
  clearTimeout(timer)
  return settled
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

/** What has something to tell that had to wait. */
export interface Waiting {
  /** Tells one thing; whether there is another. Must not throw. */
  tellNext (): boolean
}

/** How long listeners of messages may take in a turn of the event loop while messages come in, and then again for those that wait, in milliseconds. */
const SLICE = 4

/** In the order of their turns. */
const waiting = new Set<Waiting>()

/** What is left of this turn's slice; undefined while nothing has come in. */
let left: number | undefined

/** Whether listeners may be called now: those of all peers together have used less than this turn's slice. */
export function isWithinSlice (): boolean {
  if (left === undefined) begin()
  return left! > 0
}

/** Listeners have been called, within the slice, for so many milliseconds. */
export function spend (time: number): void {
  left! -= time
}

/** Has its turn in the slices to come. Only when `isWithinSlice` was false in this turn. */
export function wait (one: Waiting): void {
  waiting.add(one)
}

export function leave (one: Waiting): void {
  waiting.delete(one)
}

function begin (): void {
  left = SLICE
  setImmediate(workOff)
}

/** Between the turns: one thing of each in turn, so that one with much to tell does not keep the others from it. */
function workOff (): void {
  left = undefined
  const sliceEnd = performance.now() + SLICE
  // Who is put back is visited again.
  for (const one of waiting) {
    waiting.delete(one)
    if (one.tellNext()) waiting.add(one)
    if (performance.now() >= sliceEnd) break
  }
  if (waiting.size > 0) begin()
}

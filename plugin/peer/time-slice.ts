/** What has something to tell that had to wait. */
export interface Waiting {
  /** Tells one thing; whether there is another. Must not throw. */
  tellNext (): boolean
}

/** How long listeners of messages may take in a turn of the event loop while messages come in, and then again for those that wait, in milliseconds. */
const SLICE = 4

/** In the order of their turns. */
const waiting = new Set<Waiting>()

/** When the slice of this turn ends; 0 while none has begun. */
let end = 0

/** Whether listeners may be called now: all peers together have used less than this turn's slice. */
export function isWithinSlice (now: number): boolean {
  if (end === 0) begin(now)
  return now < end
}

/** Has its turn in the slices to come. Only when `isWithinSlice` was false in this turn. */
export function wait (one: Waiting): void {
  waiting.add(one)
}

export function leave (one: Waiting): void {
  waiting.delete(one)
}

function begin (now: number): void {
  end = now + SLICE
  setImmediate(workOff)
}

/** Between the turns: one thing of each in turn, so that one with much to tell does not keep the others from it. */
function workOff (): void {
  end = 0
  const sliceEnd = performance.now() + SLICE
  // Who is put back is visited again.
  for (const one of waiting) {
    waiting.delete(one)
    if (one.tellNext()) waiting.add(one)
    if (performance.now() >= sliceEnd) break
  }
  if (waiting.size > 0) begin(performance.now())
}

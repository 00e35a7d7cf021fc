/** What has something to tell that had to wait. */
export interface Waiting {
  /** Tells one thing; whether there is another. Must not throw. */
  tellNext (): boolean
}

/** How long messages may be told at once in a turn of the event loop, in milliseconds: what it takes to take them over included. */
const SLICE = 10

/** How long those that wait may then be told, in milliseconds. */
const WAITING_SLICE = 4

/** In the order of their turns. */
const waiting = new Set<Waiting>()

/** Whether something has come in this turn. */
let hasBegun = false
let end = 0
let now = 0

/** The time, as of the last message of this turn: to read the clock costs as much as everything else about a message. */
export function turnTime (): number {
  if (!hasBegun) begin()
  return now
}

/** Whether listeners may be called now: all peers together have used less than this turn's slice. Only after `turnTime`. */
export function isWithinSlice (): boolean {
  return now < end
}

/** Listeners have been called. */
export function hasTold (): void {
  now = performance.now()
}

/** Has its turn in the slices to come. Only after `turnTime`. */
export function wait (one: Waiting): void {
  waiting.add(one)
}

export function leave (one: Waiting): void {
  waiting.delete(one)
}

function begin (): void {
  hasBegun = true
  now = performance.now()
  end = now + SLICE
  setImmediate(workOff)
}

/** Between the turns: one thing of each in turn, so that one with much to tell does not keep the others from it. */
function workOff (): void {
  hasBegun = false
  const sliceEnd = performance.now() + WAITING_SLICE
  // Who is put back is visited again.
  for (const one of waiting) {
    waiting.delete(one)
    if (one.tellNext()) waiting.add(one)
    if (performance.now() >= sliceEnd) break
  }
  if (waiting.size > 0) begin()
}

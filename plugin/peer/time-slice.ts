/** What has something to tell that had to wait. */
export interface Waiting {
  /** Tells one thing; whether there is another. Must not throw. */
  tellNext (): boolean
}

/** For how long messages are told as they come, in milliseconds, before they wait for their turn once. */
const SLICE = 10

/** How long those that wait may be told between two turns of the event loop, in milliseconds. */
const WAITING_SLICE = 4

/** In the order of their turns. */
const waiting = new Set<Waiting>()

let end = 0
let isScheduled = false

/**
 * Whether listeners may be called as messages come, of all peers together. After a while one has to wait until the event loop
 * has turned: when listeners are slow, or the event loop is, that is a while without all the others who want something of it.
 * An immediate for each turn would tell better, and cost as much as the messages.
 */
export function isWithinSlice (now: number): boolean {
  return now < end
}

/** Has its turn in the slices to come. */
export function wait (one: Waiting): void {
  waiting.add(one)
  schedule()
}

export function leave (one: Waiting): void {
  waiting.delete(one)
}

function schedule (): void {
  if (isScheduled) return
  isScheduled = true
  setImmediate(workOff)
}

/** One thing of each in turn, so that one with much to tell does not keep the others from it. */
function workOff (): void {
  isScheduled = false
  let now = performance.now()
  const sliceEnd = now + WAITING_SLICE
  // Who is put back is visited again.
  for (const one of waiting) {
    waiting.delete(one)
    if (one.tellNext()) waiting.add(one)
    now = performance.now()
    if (now >= sliceEnd) break
  }
  if (waiting.size > 0) schedule()
  end = now + SLICE
}

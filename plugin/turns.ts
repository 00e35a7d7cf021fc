/** How long work may be done between two turns of the event loop, in milliseconds. The last piece of it may take longer. */
const SLICE = 4

/** For how long after it has looked the event loop still knows what there is, in milliseconds: a far end takes three for the 1,024 messages that block a native worker. */
const FRESH = 1

/** After how many milliseconds of waiting a look may be a millisecond older: a far end that never stops sending makes every turn long. */
const PATIENCE = 100

type Work = () => void

/** When the slice of this turn ends; 0 before anything was done in it. */
let sliceEnd = 0

/** When the last turn was over, as far as is known here. */
let turnEnd = 0

/** What waits for its turn. */
const queue: Work[] = []

/** What waits for a fresh look, and since when. */
const waiting: { work: Work, since: number }[] = []

let isWatching = false

/**
 * Does the work when its turn has come: in the order of the calls, and a few milliseconds of it between two turns of the
 * event loop, of all callers together. So nobody else waits longer because there is more to do. Settles as the work does.
 */
export function inTurn<Result> (work: () => Result): Promise<Awaited<Result>> {
  return new Promise((resolve, reject) => { enqueue(settling(work, resolve, reject)) })
}

/**
 * Does the work first in its turn, a millisecond at most after the event loop has heard everything that had arrived,
 * however much else there is to do. It waits for a turn in which that is so, and the longer it has waited, the longer the
 * turn may be: what never came to its turn would give a far end that never stops what it wants.
 */
export function afterLook<Result> (work: () => Result): Promise<Awaited<Result>> {
  return new Promise((resolve, reject) => {
    waiting.push({ work: settling(work, resolve, reject), since: performance.now() })
    enqueue(() => {})
  })
}

function settling<Result> (work: () => Result, resolve: (result: Awaited<Result>) => void, reject: (error: unknown) => void): Work {
  return () => {
    try {
      resolve(work() as Awaited<Result>)
    } catch (error) {
      reject(error)
    }
  }
}

/** An immediate for each piece: between two of them Node does what the first has left to microtasks, which takes its time too. */
function enqueue (work: Work): void {
  queue.push(work)
  setImmediate(attempt)
}

function attempt (): void {
  const now = turnEnd = performance.now()
  if (sliceEnd === 0) {
    sliceEnd = now + SLICE
    watch()
  }
  if (now >= sliceEnd) {
    // Immediates that are made while immediates are run come in the next turn.
    setImmediate(attempt)
    return
  }
  queue.shift()!()
  turnEnd = performance.now()
}

/** Only while immediates are run, and before any of them makes another: it is the first of the next turn. */
function watch (): void {
  if (isWatching) return
  isWatching = true
  setImmediate(begin)
}

/** The event loop has looked since the last turn was over. */
function begin (): void {
  isWatching = false
  sliceEnd = 0
  if (waiting.length === 0) return
  watch()
  while (waiting.length > 0 && isFresh(waiting[0]!.since)) waiting.shift()!.work()
  turnEnd = performance.now()
}

function isFresh (since: number): boolean {
  const now = performance.now()
  return now - turnEnd < FRESH + (now - since) / PATIENCE
}

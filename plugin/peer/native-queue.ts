import { nextTurn } from './event-loop.js'

/** How often Node calls one native callback in a turn of the event loop; the rest waits for the next turn. */
const CALLS_PER_TURN = 999

/** In how many turns of the event loop what closes gets rid of what is queued for JavaScript. */
const DRAIN_TURNS = 100

/** Settles when what is queued for JavaScript by now has been handed over, which `received` counts: it would leak. Never within a native callback. */
export async function drain (received: () => number): Promise<void> {
  await nextTurn()
  let before
  let turns = DRAIN_TURNS
  do {
    before = received()
    // Between two immediates Node goes through the queue once: what is left of it then has arrived since.
    await new Promise(setImmediate)
  } while (received() - before >= CALLS_PER_TURN && --turns > 0)
}

/** Calls back when messages that were still queued when a channel had told its end are gone: they are dropped natively, turn by turn, and would leak. So many it has been handed. */
export function afterDropped (received: number, callback: () => void): void {
  let turns = received < CALLS_PER_TURN ? 0 : DRAIN_TURNS
  const turn = () => {
    if (turns-- > 0) setImmediate(turn)
    else callback()
  }
  turn()
}

import { defer } from '../peer/event-loop.js'
import { settlesWithin } from '../settles-within.js'
import type { EventLog } from './event-log.js'

/** Settles when it is done, which is looked at with all news, or after so many milliseconds, or when the signal aborts, or when other readers need the place. */
export async function waitForNews (events: EventLog, isDone: () => boolean, milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds === 0 || isDone() || signal.aborted) return
  const { promise, resolve } = defer()
  const unsubscribe = events.subscribe({ onNews: () => { if (isDone()) resolve() }, onReplaced: resolve })
  signal.addEventListener('abort', resolve)
  await settlesWithin(promise, milliseconds)
  signal.removeEventListener('abort', resolve)
  unsubscribe()
}

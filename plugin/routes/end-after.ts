import type { Writable } from 'node:stream'

/** How long a reader has for what it has not read when there is no more, in milliseconds. */
const TIME_TO_END = 1000

/** There is no more to be written: who does not read the rest is cut off. */
export function endAfter (output: Writable): void {
  const timer = setTimeout(() => output.destroy(), TIME_TO_END).unref()
  output.once('close', () => clearTimeout(timer))
}

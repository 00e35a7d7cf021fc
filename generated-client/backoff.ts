/** The first delay is at most this long, each one after it twice as long, in milliseconds. */
const FIRST_DELAY = 500
/** No delay is longer, but where the server asks for it, in milliseconds: a server that was away has everybody back a little later than this. */
const MAX_DELAY = 4000

/** How long to wait before the attempt, in milliseconds. With full jitter: clients that lost a server together do not come back together. */
export function backoff (attempt: number, retryAfter: number | undefined, random: () => number): number {
  const delay = random() * Math.min(MAX_DELAY, FIRST_DELAY * 2 ** (attempt - 1))
  return (retryAfter ?? 0) * 1000 + delay
}

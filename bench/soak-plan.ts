/** What the clients of a soak do, and where they stop: drawn at random from a seed. */

/** Where a client stops, and how often: parts of a hundred. */
export const ABORT_POINTS = {
  /** The request that creates a connection breaks off: in its body, or before it is answered. */
  'in the request': 10,
  /** Nobody ever answers, or takes the answer. */
  'after the POST': 12,
  /** The server has everything, and there is nobody to connect to. */
  'after the answer': 10,
  /** ICE has connected, DTLS has not. */
  'mid-DTLS': 12,
  /** Connected: a few messages, their echoes, DELETE. */
  'messages, DELETE': 26,
  /** Connected: DELETE while messages are on their way. */
  'DELETE in traffic': 6,
  /** Connected: the far end closes while messages are on their way. There is no DELETE. */
  'close in traffic': 11,
  /** Several at once, connected or about to be, end with their process. */
  SIGKILL: 8,
  /** Several at once stop for ever, while their sockets stay. */
  SIGSTOP: 5
} as const

export type AbortPoint = keyof typeof ABORT_POINTS

/** One connect. */
export interface Step {
  abort: AbortPoint
  /** Which side offers. */
  serverOffers: boolean
  /** Whether a description goes with its candidates, where nothing depends on it. */
  withCandidates: boolean
  /** Of the request and of the far end: clients come from many addresses. */
  address: string
  /** In milliseconds, for what stops after a while. */
  delay: number
  messages: number
  size: number
}

const ADDRESSES = 50

/** Numbers from 0 to 1, the same for the same seed: mulberry32. */
export function createRandom (seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6D2B79F5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The next connect; `only` keeps to one abort point. */
export function drawStep (random: () => number, only?: AbortPoint): Step {
  const integer = (from: number, to: number) => from + Math.floor(random() * (to - from + 1))
  return {
    abort: drawAbortPoint(random, only),
    serverOffers: random() < 0.5,
    withCandidates: random() < 0.5,
    address: `127.0.0.${integer(2, 1 + ADDRESSES)}`,
    delay: integer(0, 30),
    messages: integer(1, 20),
    size: integer(1, 8000)
  }
}

function drawAbortPoint (random: () => number, only?: AbortPoint): AbortPoint {
  let drawn = random() * Object.values(ABORT_POINTS).reduce((sum, parts) => sum + parts, 0)
  if (only) return only
  for (const [abort, parts] of Object.entries(ABORT_POINTS)) {
    drawn -= parts
    if (drawn < 0) return abort as AbortPoint
  }
  throw new RangeError('expected a number below 1')
}

/** A script in servers/. */
export type ServerName = 'fastify-webrtc' | 'geckos' | 'predecessor'

/** One way to connect; what it does in the page is in connect-page.ts. */
export interface Contestant {
  server: ServerName
  /** Whose page it runs in. Default its own server's: no other origin, and nothing to ask before. */
  page?: ServerName
  /** Round trips from the first call to the first message back, on paper: see docs/benchmarks.md. */
  roundTrips: number
  /** What it waits beside them, in milliseconds: for timers of its own, and for complete gathering. */
  waits?: number
}

export const CONTESTANTS = {
  'two peers in one page': { server: 'fastify-webrtc', roundTrips: 0 },
  'client offers': { server: 'fastify-webrtc', roundTrips: 6 },
  'server offers': { server: 'fastify-webrtc', roundTrips: 7 },
  'client offers, trickle': { server: 'fastify-webrtc', roundTrips: 6 },
  'server offers, trickle': { server: 'fastify-webrtc', roundTrips: 7 },
  'client offers, other origin': { server: 'fastify-webrtc', page: 'geckos', roundTrips: 7 },
  'server offers, other origin': { server: 'fastify-webrtc', page: 'geckos', roundTrips: 8 },
  'geckos.io': { server: 'geckos', roundTrips: 8, waits: 140 },
  predecessor: { server: 'predecessor', roundTrips: 7, waits: 100 }
} satisfies Record<string, Contestant>

export type ContestantName = keyof typeof CONTESTANTS

/** What all are compared with. */
export const FLOOR: ContestantName = 'two peers in one page'

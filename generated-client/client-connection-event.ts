import type { LossReason } from './peer-watch.js'

/** Why a connection has ended for good. */
export type ClosedReason =
  /** `close()` of the connection or of its peer, or the signal. */
  | 'application'
  /** The server has closed the connection, and goes on without it. */
  | 'server'
  /** Another client has used the connection's token. */
  | 'taken-over'
  /** The server refuses in a way that will not change, or a hook has failed: see `error`. */
  | 'refused'
  /** timeToGiveUp has passed. */
  | 'gave-up'

interface AttemptEvent { attempt: number, delay: number, reason?: LossReason, error?: unknown }

export interface ClientConnectionEventMap {
  /** An attempt will be made in `delay` milliseconds; the first is 1. `error` is what the one before it ended with. */
  connecting: Event & AttemptEvent
  connected: Event
  /** The peer is lost for the `reason`; an attempt will be made in `delay` milliseconds. */
  reconnecting: Event & AttemptEvent & { reason: LossReason }
  reconnected: Event & { isServerStateLost: boolean }
  closed: Event & { reason: ClosedReason, error?: unknown }
}

import type { NegotiationOptions } from './handshake.js'

/** What a hook is told beside the peer. */
export interface ConnectContext {
  /** Whether there was a connected peer before. */
  isReconnect: boolean
  /** Whether the server has forgotten the connection that there was, so that this is another. */
  isServerStateLost: boolean
}

/** Adds tracks, makes channels, listens for channels, for each new peer. May be async. */
export type ConnectHook = (peerConnection: RTCPeerConnection, context: ConnectContext) => unknown

export interface ConnectOptions extends NegotiationOptions {
  /** The server offers; runs before this end answers. */
  beforeAnswer?: ConnectHook
  /** This end offers; runs before it does, and has to make a channel or add a track. */
  beforeOffer?: ConnectHook
  /** Time that one attempt to connect may take, in milliseconds. Default 10000. */
  timeToConnected?: number
  /** How long a broken path is waited for before there is another peer, in milliseconds. Default 3000. */
  timeToLost?: number
  /** How long is tried to get connected before the connection closes, in milliseconds. Default 120000. */
  timeToGiveUp?: number
  /** Closes the connection. */
  signal?: AbortSignal
}

/** What a far end may do once it is connected. */
export interface PeerLimits {
  /** The largest message it may send, in bytes; announced in the description. A larger one ends the connection. No larger one can be sent to it either. Default 262144, at most 16777216. */
  maxMessageSize?: number
  /** How many messages it may send in a second, over all channels; as many at once after a pause. More end the connection. A channel that it makes counts as one; more than 50 in a second, or than maxDataChannels where that is more, end the connection too. Default 10000. */
  maxMessagesPerSecond?: number
  /** How many bytes it may send in a second, over all channels; as many at once after a pause. More end the connection. Default 33554432. */
  maxBytesPerSecond?: number
  /** How many bytes of its messages may wait for listeners that are busy, over all channels; each message counts as 256 more. More end the connection. Default 4194304. */
  maxQueuedAmount?: number
  /** How many channels of its own it may have at a time. One more is closed at once. Default 16, at most 512. */
  maxDataChannels?: number
  /** How many bytes may wait in a channel to be sent to it, before `send` throws. Default 1048576. */
  maxBufferedAmount?: number
}

export type PeerLimit = keyof PeerLimits
export type ResolvedPeerLimits = Required<PeerLimits>

export const DEFAULT_PEER_LIMITS = {
  maxMessageSize: 262144,
  maxMessagesPerSecond: 10000,
  maxBytesPerSecond: 33554432,
  maxQueuedAmount: 4194304,
  maxDataChannels: 16,
  maxBufferedAmount: 1048576
} satisfies PeerLimits

/** Beyond these the application is told, and nothing else happens to the connection. */
const HARMLESS: readonly PeerLimit[] = ['maxDataChannels', 'maxBufferedAmount']

/** Whether a far end that exceeds the limit is cut off. */
export function isOffence (limit: PeerLimit): boolean {
  return !HARMLESS.includes(limit)
}

/** The largest that `maxMessageSize` may be, in bytes: a native message is held in memory as a whole. */
export const MAX_MESSAGE_SIZE = 16 * 1024 * 1024

/** The native library gives each side as many streams. */
export const MAX_DATA_CHANNELS = 512

/** What a far end may do once it is connected. */
export interface PeerLimits {
  /** The largest message it may send, in bytes; announced in the description. A larger one ends the connection. Default 262144. */
  maxMessageSize?: number
  /** How many messages it may send in a second, over all channels; as many at once after a pause. More end the connection. Default 10000. */
  maxMessagesPerSecond?: number
  /** How many bytes it may send in a second, over all channels; as many at once after a pause. More end the connection. Default 33554432. */
  maxBytesPerSecond?: number
  /** How many channels of its own it may have at a time. One more is closed at once. Default 16. */
  maxDataChannels?: number
  /** How many bytes may wait in a channel to be sent to it, before `send` throws. Default 1048576. */
  maxBufferedAmount?: number
}

/** The largest that `maxMessageSize` may be, in bytes: a native message is held in memory as a whole. */
export const MAX_MESSAGE_SIZE = 16 * 1024 * 1024

/** The native library gives each side as many streams. */
export const MAX_DATA_CHANNELS = 512

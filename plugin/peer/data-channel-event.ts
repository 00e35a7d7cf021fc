import type { DataChannel } from './data-channel.js'

export interface DataChannelEvent<Type extends string> {
  type: Type
  target: DataChannel
}

export interface DataChannelMessageEvent extends DataChannelEvent<'message'> {
  /** A string as it was sent, anything binary as an ArrayBuffer. */
  data: string | ArrayBuffer
}

export interface DataChannelErrorEvent extends DataChannelEvent<'error'> {
  error: Error
}

export interface DataChannelEventMap {
  open: DataChannelEvent<'open'>
  message: DataChannelMessageEvent
  bufferedamountlow: DataChannelEvent<'bufferedamountlow'>
  closing: DataChannelEvent<'closing'>
  close: DataChannelEvent<'close'>
  error: DataChannelErrorEvent
}

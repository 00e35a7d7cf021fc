import type { WebRtcDataChannelStats } from '../../schemas/stats.js'
import { BufferedAmount } from './buffered-amount.js'
import type { DataChannelEventMap } from './data-channel-event.js'
import type { DataChannelInit } from './data-channel-init.js'
import { nextTurn } from './event-loop.js'
import type { Inbox } from './inbox.js'
import type { PeerLimit, ResolvedPeerLimits } from './limits.js'
import { MessageCounts } from './message-counts.js'
import { guard, noteOrphan, sizeOf, type NativeDataChannel } from './native.js'
import { afterDropped, drain } from './native-queue.js'
import { SafeEventTarget, type ErrorHandler } from './safe-event-target.js'

export type DataChannelState = 'connecting' | 'open' | 'closing' | 'closed'

/** What the channels of a peer share. */
export interface ChannelContext {
  limits: ResolvedPeerLimits
  inbox: Inbox
  onError: ErrorHandler
  onLimitExceeded: (limit: PeerLimit) => void
  /** Told before the application is. */
  channelOpened: (channel: DataChannel) => void
  /** Told before the application is, also of one that never opened. */
  channelClosed: (channel: DataChannel) => void
}

/** What the native channel says while it has no stream. */
const NO_ID = -1

/** How long the native peer is kept for what may still be in SCTP's own send buffer of a channel closed by the application, in milliseconds. */
const FLUSH_TIME = 1000

/** How much of a label or a protocol statistics have, in UTF-16 units: each can be as long as 65535 bytes. */
const STATS_LENGTH = 256

/** What the native library makes of a binary message: a Buffer that shares its memory with no other. */
type OwnedBuffer = Buffer<ArrayBuffer>

/**
 * A W3C RTCDataChannel over the native channel: https://www.w3.org/TR/webrtc/#rtcdatachannel
 *
 * Of the messages that wait for JavaScript when the far end closes a channel, the first 999 are delivered; the native
 * library drops the rest. A far end that has much to say should close when it has been told that all of it has arrived.
 */
export class DataChannel extends SafeEventTarget<DataChannelEventMap> {
  readonly label: string
  /** Of a channel that the far end made this, maxPacketLifeTime and maxRetransmits are not known, and say what the default would be. */
  readonly ordered: boolean
  readonly maxPacketLifeTime: number | null
  readonly maxRetransmits: number | null
  readonly protocol: string
  readonly negotiated: boolean
  /** Binary messages are ArrayBuffers. */
  readonly binaryType = 'arraybuffer'

  onopen: ((event: DataChannelEventMap['open']) => unknown) | null = null
  onmessage: ((event: DataChannelEventMap['message']) => unknown) | null = null
  onbufferedamountlow: ((event: DataChannelEventMap['bufferedamountlow']) => unknown) | null = null
  onclosing: ((event: DataChannelEventMap['closing']) => unknown) | null = null
  onclose: ((event: DataChannelEventMap['close']) => unknown) | null = null
  onerror: ((event: DataChannelEventMap['error']) => unknown) | null = null

  /** @internal Whether the far end has made it. */
  readonly isOfFarEnd: boolean
  /** @internal */
  readonly counts = new MessageCounts()
  readonly #context: ChannelContext
  readonly #buffered = new BufferedAmount(() => this.#native?.bufferedAmount() ?? 0, () => this.#tellLow())
  #native: NativeDataChannel | undefined
  #id: number | null
  #readyState: DataChannelState = 'connecting'
  #isAttached = false
  #hasOpened = false
  #maxMessageSize = 0
  #lastSend = -Infinity
  #hasToldItsEnd = false
  #onDrained: (() => void) | undefined
  #flushed: Promise<void> | undefined

  /** @internal Applications make channels with PeerConnection.createDataChannel */
  constructor (label: string, init: DataChannelInit, context: ChannelContext, isOfFarEnd = false) {
    super(context.onError)
    this.#context = context
    this.isOfFarEnd = isOfFarEnd
    this.label = label
    this.ordered = init.ordered ?? true
    this.maxPacketLifeTime = init.maxPacketLifeTime ?? null
    this.maxRetransmits = init.maxRetransmits ?? null
    this.protocol = init.protocol ?? ''
    this.negotiated = init.negotiated ?? false
    this.#id = init.id ?? null
  }

  /** The stream's number, null until it is known. */
  get id (): number | null {
    const id = this.#id ?? this.#native?.getId() ?? NO_ID
    return id === NO_ID ? null : id
  }

  get readyState (): DataChannelState {
    return this.#readyState
  }

  /** Bytes given to `send` that have not left yet. As in a browser, it does not sink before the running code has returned to the event loop. */
  get bufferedAmount (): number {
    return this.#buffered.bytes
  }

  /** At or below how many bytes `bufferedamountlow` fires. Default 0. */
  get bufferedAmountLowThreshold (): number {
    return this.#buffered.lowThreshold
  }

  set bufferedAmountLowThreshold (bytes: number) {
    this.#buffered.lowThreshold = bytes
    if (this.#readyState === 'connecting' || this.#readyState === 'open') this.#native?.setBufferedAmountLowThreshold(bytes)
  }

  /**
   * Sends a message. Throws an InvalidStateError unless the channel is open, a TypeError for a message larger than the far
   * end takes, and an OperationError when more than `maxBufferedAmount` would be waiting: see `bufferedAmount` and `bufferedamountlow`.
   * Of a channel that is lost at this moment `readyState` tells a little later; what is sent until then is lost with it.
   */
  send (data: string | ArrayBuffer | ArrayBufferView): void {
    const native = this.#native
    if (this.#readyState !== 'open' || !native) throw new DOMException(`send: expected an open channel, found ${this.#readyState}`, 'InvalidStateError')
    const message = typeof data === 'string' ? data : toBytes(data)
    const size = typeof message === 'string' ? Buffer.byteLength(message) : message.byteLength
    if (size > this.#maxMessageSize) throw new TypeError(`send: expected at most ${this.#maxMessageSize} bytes, found ${size}`)
    this.#assertRoom(native.bufferedAmount(), size)
    try {
      const hasLeft = typeof message === 'string' ? native.sendMessage(message) : native.sendMessageBinary(message)
      if (hasLeft) this.#buffered.sent(size)
    } catch {
      // The native channel has closed, and its event is on its way: as in a browser, what is sent meanwhile is lost.
      return
    }
    this.counts.sent(size)
    this.#lastSend = performance.now()
  }

  /** Closes the channel once everything sent before has left. Harmless when called again. */
  close (): void {
    if (this.#readyState === 'closing' || this.#readyState === 'closed') return
    this.#readyState = 'closing'
    this.#flushed = this.#flush().catch(error => this.report(error, 'channel'))
  }

  /** @internal Settles when what was sent before the application's `close()` has had its time to arrive; undefined when there is nothing to wait for. */
  get flushed (): Promise<void> | undefined {
    return this.#flushed
  }

  /** @internal Whether the native channel has closed, so that nothing needs this object any more. */
  get settled (): boolean {
    return this.#readyState === 'closed' && !this.#native && !this.#flushed
  }

  /** @internal Whether it has opened. */
  get hasOpened (): boolean {
    return this.#hasOpened
  }

  /** @internal Whether there is, or was, a native channel. */
  get isAttached (): boolean {
    return this.#isAttached
  }

  /** @internal As RTCDataChannelStats has it, of a channel that has not closed. The far end chooses the labels of its channels: they are cut. */
  getStats (): WebRtcDataChannelStats {
    const { id } = this
    return {
      label: this.label.slice(0, STATS_LENGTH),
      protocol: this.protocol.slice(0, STATS_LENGTH),
      ...id !== null && { dataChannelIdentifier: id },
      state: this.#readyState as WebRtcDataChannelStats['state'],
      ...this.counts
    }
  }

  /**
   * @internal The native channel behind this one. Registers every callback at once: a native channel without a message
   * callback blocks a native worker after 1,000 messages. Each has a queue of its own, which are run through in this order.
   */
  attach (native: NativeDataChannel): void {
    const onDefect = (error: unknown) => this.report(error, 'channel')
    const guarded = <Arguments extends unknown[]>(callback: (...args: Arguments) => void) => guard(callback, onDefect)
    native.onOpen(guarded(() => this.announceOpen()))
    native.onMessage(guarded(data => this.#receive(data as string | OwnedBuffer)))
    native.onError(guarded(message => this.dispatch({ type: 'error', target: this, error: new Error(message) })))
    native.onBufferedAmountLow(guarded(() => this.#bufferedAmountLow()))
    native.onClosed(guarded(() => {
      this.#hasToldItsEnd = true
      this.#endAfterMessages()
    }))
    native.setBufferedAmountLowThreshold(this.#buffered.lowThreshold)
    this.#native = native
    this.#isAttached = true
  }

  /** @internal The channel can be used. A channel of the far end is open before it is announced: https://www.w3.org/TR/webrtc/#announce-datachannel */
  open (): void {
    if (this.#readyState !== 'connecting' || !this.#native) return
    this.#readyState = 'open'
    this.#id = this.#native.getId()
    this.#maxMessageSize = Math.min(this.#native.maxMessageSize(), this.#context.limits.maxMessageSize)
  }

  /** @internal */
  announceOpen (): void {
    this.open()
    if (this.#hasOpened || this.#readyState !== 'open') return
    this.#hasOpened = true
    this.#context.channelOpened(this)
    // Of channels that could not be made then a listener is told, which may have closed the peer.
    if (this.#readyState === 'open') this.dispatch({ type: 'open', target: this })
  }

  /** @internal The connection has ended, and with it this channel. The native channel follows in `release`. */
  peerConnectionClosed (): void {
    if (this.#readyState === 'closed') return
    this.#readyState = 'closed'
    this.#context.channelClosed(this)
    this.dispatch({ type: 'close', target: this })
  }

  /**
   * @internal Closes the native channel, without which the process never ends by itself. Never in the callback that asked
   * for it, and not before the messages that are queued for JavaScript have had their turns: they would leak.
   */
  async release (): Promise<void> {
    await drain(() => this.counts.messagesReceived)
    const native = this.#native
    this.#native = undefined
    native?.close()
    await nextTurn()
    if (native && !this.#hasToldItsEnd) noteOrphan()
    this.#endAfterMessages()
  }

  #receive (data: string | OwnedBuffer): void {
    const size = sizeOf(data)
    this.counts.received(size)
    const { inbox } = this.#context
    if (inbox.isClosed) return
    inbox.receive(size, () => {
      // It can overtake the open callback, when both come while the queues are run through.
      this.announceOpen()
      if (this.#readyState === 'open') this.dispatch({ type: 'message', target: this, data: typeof data === 'string' ? data : data.buffer })
    })
  }

  #assertRoom (bufferedAmount: number, size: number): void {
    const { limits: { maxBufferedAmount }, onLimitExceeded } = this.#context
    if (bufferedAmount + size <= maxBufferedAmount) return
    onLimitExceeded('maxBufferedAmount')
    throw new DOMException(`send: ${bufferedAmount} bytes are waiting to be sent, ${maxBufferedAmount} may`, 'OperationError')
  }

  #bufferedAmountLow (): void {
    if (this.#readyState !== 'open') this.#onDrained?.()
    this.#tellLow()
  }

  #tellLow (): void {
    if (this.#readyState === 'open') this.dispatch({ type: 'bufferedamountlow', target: this })
  }

  /** W3C, the data transport's closing procedure: what was sent goes out first. */
  async #flush (): Promise<void> {
    let lastSend = this.#lastSend
    // The threshold comes first: between a look at the amount and the threshold the last bytes could leave without a word.
    this.#native?.setBufferedAmountLowThreshold(0)
    while (this.#native && this.#native.bufferedAmount() > 0) {
      await new Promise<void>(resolve => { this.#onDrained = resolve })
      lastSend = performance.now()
    }
    await this.release()
    // What left the queue may wait in SCTP's send buffer, which nothing tells of.
    const rest = lastSend + FLUSH_TIME - performance.now()
    if (rest > 0) await new Promise(resolve => { setTimeout(resolve, rest).unref() })
    this.#flushed = undefined
  }

  #endAfterMessages (): void {
    this.#context.inbox.afterMessages(() => this.#end())
  }

  /** The native channel has closed. The native callbacks hold this object, which must not hold the native channel then: neither would ever be collected. */
  #end (): void {
    const native = this.#native
    this.#native = undefined
    if (native) afterDropped(this.counts.messagesReceived, () => native.close())
    this.#onDrained?.()
    if (this.#readyState === 'closed') return
    if (this.#readyState !== 'closing') {
      this.#readyState = 'closing'
      this.dispatch({ type: 'closing', target: this })
    }
    this.peerConnectionClosed()
  }
}

function toBytes (data: ArrayBuffer | ArrayBufferView): Uint8Array {
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  if (data instanceof ArrayBuffer) return new Uint8Array(data)
  throw new TypeError(`send: expected a string, an ArrayBuffer or a view of one, found ${typeof data}`)
}

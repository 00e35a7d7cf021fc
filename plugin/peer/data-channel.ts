import type { WebRtcDataChannelStats } from '../../schemas/stats.js'
import type { DataChannelInit } from './data-channel-init.js'
import { CALLS_PER_TURN, nextTurn } from './event-loop.js'
import type { Inbox } from './inbox.js'
import type { PeerLimit, ResolvedPeerLimits } from './limits.js'
import { guard, noteOrphan, sizeOf, type NativeDataChannel } from './native.js'
import { SafeEventTarget, type ErrorHandler } from './safe-event-target.js'

export type DataChannelState = 'connecting' | 'open' | 'closing' | 'closed'

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

/** What the channels of a peer share. */
export interface ChannelContext {
  limits: ResolvedPeerLimits
  inbox: Inbox
  onError: ErrorHandler
  onLimitExceeded: (limit: PeerLimit) => void
}

/** What the native channel says while it has no stream. */
const NO_ID = -1

/** How long the native peer is kept for what may still be in SCTP's own send buffer of a channel closed by the application, in milliseconds. */
const FLUSH_TIME = 1000

/** How much of a label or a protocol statistics have, in UTF-16 units: each can be as long as 65535 bytes. */
const STATS_LENGTH = 256

/** What the native library makes of a binary message: a Buffer that shares its memory with no other. */
type OwnedBuffer = Buffer<ArrayBuffer>

/** In how many turns of the event loop a channel that closes gets rid of the messages that are queued for JavaScript. */
const DRAIN_TURNS = 100

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

  readonly #context: ChannelContext
  #native: NativeDataChannel | undefined
  #id: number | null
  #readyState: DataChannelState = 'connecting'
  #isAttached = false
  #announced = false
  #maxMessageSize = 0
  #bufferedAmountLowThreshold = 0
  #sentInTurn = 0
  #lastSend = -Infinity
  #received = 0
  #bytesReceived = 0
  #messagesSent = 0
  #bytesSent = 0
  #hasToldItsEnd = false
  #onDrained: (() => void) | undefined
  #flushed: Promise<void> | undefined

  /** @internal Applications make channels with PeerConnection.createDataChannel */
  constructor (label: string, init: DataChannelInit, context: ChannelContext) {
    super(context.onError)
    this.#context = context
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
    return this.#sentInTurn + (this.#native?.bufferedAmount() ?? 0)
  }

  /** At or below how many bytes `bufferedamountlow` fires. Default 0. */
  get bufferedAmountLowThreshold (): number {
    return this.#bufferedAmountLowThreshold
  }

  set bufferedAmountLowThreshold (bytes: number) {
    this.#bufferedAmountLowThreshold = bytes
    if (this.#readyState === 'connecting' || this.#readyState === 'open') this.#native?.setBufferedAmountLowThreshold(bytes)
  }

  /**
   * Sends a message. Throws an InvalidStateError unless the channel is open, a TypeError for a message larger than the far
   * end takes, and an OperationError when more than `maxBufferedAmount` would be waiting: see `bufferedAmount` and `bufferedamountlow`.
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
      if (hasLeft) this.#sent(size)
    } catch (cause) {
      throw Object.assign(new DOMException('send: the channel has just closed', 'InvalidStateError'), { cause })
    }
    this.#messagesSent++
    this.#bytesSent += size
    this.#lastSend = performance.now()
  }

  /** Closes the channel once everything sent before has left. Harmless when called again. */
  close (): void {
    if (this.#readyState === 'closing' || this.#readyState === 'closed') return
    this.#readyState = 'closing'
    this.#flushed = this.#flush().catch(this.reportDefect)
  }

  /** @internal Settles when what was sent before the application's `close()` has had its time to arrive; undefined when there is nothing to wait for. */
  get flushed (): Promise<void> | undefined {
    return this.#flushed
  }

  /** @internal Whether the native channel has closed, so that nothing needs this object any more. */
  get settled (): boolean {
    return this.#readyState === 'closed' && !this.#native && !this.#flushed
  }

  /** @internal Whether there is, or was, a native channel. */
  get isAttached (): boolean {
    return this.#isAttached
  }

  /** @internal How many messages the native channel has handed over. */
  get received (): number {
    return this.#received
  }

  /** @internal Of all messages that were sent. */
  get bytesSent (): number {
    return this.#bytesSent
  }

  /** @internal Of all messages that the native channel has handed over. */
  get bytesReceived (): number {
    return this.#bytesReceived
  }

  /** @internal As RTCDataChannelStats has it, of a channel that has not closed. The far end chooses the labels of its channels: they are cut. */
  getStats (): WebRtcDataChannelStats {
    const { id } = this
    return {
      label: this.label.slice(0, STATS_LENGTH),
      protocol: this.protocol.slice(0, STATS_LENGTH),
      ...id !== null && { dataChannelIdentifier: id },
      state: this.#readyState as WebRtcDataChannelStats['state'],
      messagesSent: this.#messagesSent,
      bytesSent: this.#bytesSent,
      messagesReceived: this.#received,
      bytesReceived: this.#bytesReceived
    }
  }

  /**
   * @internal The native channel behind this one. Registers every callback at once: a native channel without a message
   * callback blocks a native worker after 1,000 messages. Each has a queue of its own, which are run through in this order.
   */
  attach (native: NativeDataChannel): void {
    const guarded = <Arguments extends unknown[]>(callback: (...args: Arguments) => void) => guard(callback, error => this.report(error, 'channel'))
    native.onOpen(guarded(() => this.announceOpen()))
    native.onMessage(guarded(data => this.#receive(data as string | OwnedBuffer)))
    native.onError(guarded(message => this.dispatch({ type: 'error', target: this, error: new Error(message) })))
    native.onBufferedAmountLow(guarded(() => this.#bufferedAmountLow()))
    native.onClosed(guarded(() => {
      this.#hasToldItsEnd = true
      this.#endAfterMessages()
    }))
    native.setBufferedAmountLowThreshold(this.#bufferedAmountLowThreshold)
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
    if (this.#announced || this.#readyState !== 'open') return
    this.#announced = true
    this.dispatch({ type: 'open', target: this })
  }

  /** @internal The connection has ended, and with it this channel. The native channel follows in `release`. */
  peerConnectionClosed (): void {
    if (this.#readyState === 'closed') return
    this.#readyState = 'closed'
    this.dispatch({ type: 'close', target: this })
  }

  /**
   * @internal Closes the native channel, without which the process never ends by itself. Never in the callback that asked
   * for it, and not before the messages that are queued for JavaScript have had their turns: they would leak.
   */
  async release (): Promise<void> {
    await nextTurn()
    let received
    let turns = DRAIN_TURNS
    do {
      received = this.#received
      // Between two immediates Node goes through the queue once: what is left of it then has arrived since.
      await new Promise(setImmediate)
    } while (this.#received - received >= CALLS_PER_TURN && --turns > 0)
    const native = this.#native
    this.#native = undefined
    native?.close()
    await nextTurn()
    if (native && !this.#hasToldItsEnd) noteOrphan()
    this.#endAfterMessages()
  }

  #receive (data: string | OwnedBuffer): void {
    const size = sizeOf(data)
    this.#received++
    this.#bytesReceived += size
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

  /** What the native channel passes on at once never counts as buffered there: the amount that W3C has it sink by, and its event, are made here. */
  #sent (size: number): void {
    if (this.#sentInTurn === 0 && size > 0) {
      setImmediate(() => {
        const wasHigh = this.bufferedAmount > this.#bufferedAmountLowThreshold
        this.#sentInTurn = 0
        if (wasHigh && this.bufferedAmount <= this.#bufferedAmountLowThreshold && this.#readyState === 'open') this.dispatch({ type: 'bufferedamountlow', target: this })
      })
    }
    this.#sentInTurn += size
  }

  #bufferedAmountLow (): void {
    if (this.#readyState === 'open') this.dispatch({ type: 'bufferedamountlow', target: this })
    else this.#onDrained?.()
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
    if (native) this.#closeDrained(native)
    this.#onDrained?.()
    if (this.#readyState === 'closed') return
    if (this.#readyState !== 'closing') {
      this.#readyState = 'closing'
      this.dispatch({ type: 'closing', target: this })
    }
    this.peerConnectionClosed()
  }

  /** Messages that are still queued when a channel has told its end are dropped natively, turn by turn, and would leak. */
  #closeDrained (native: NativeDataChannel): void {
    let turns = this.#received < CALLS_PER_TURN ? 0 : DRAIN_TURNS
    const turn = () => {
      if (turns-- > 0) setImmediate(turn)
      else native.close()
    }
    turn()
  }
}

function toBytes (data: ArrayBuffer | ArrayBufferView): Uint8Array {
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  if (data instanceof ArrayBuffer) return new Uint8Array(data)
  throw new TypeError(`send: expected a string, an ArrayBuffer or a view of one, found ${typeof data}`)
}

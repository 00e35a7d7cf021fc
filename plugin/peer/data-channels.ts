import type { WebRtcStats } from '../../schemas/stats.js'
import { DataChannel, type ChannelContext } from './data-channel.js'
import { checkDataChannelInit, DATA_SECTION_ID, type DataChannelInit } from './data-channel-init.js'
import { nextTurn } from './event-loop.js'
import { MAX_DATA_CHANNELS } from './limits.js'
import type { NativeDataChannel, NativePeerConnection } from './native.js'
import { refuse } from './refused-channel.js'

/** The native library gives each side 512 streams; the data section's own channel takes one. */
const MAX_CHANNELS = MAX_DATA_CHANNELS - 1

export interface DataChannelsInit extends ChannelContext {
  onDefect: (error: unknown) => void
  /** Told whenever a channel has opened. */
  onOpen: () => void
}

/** The channels of a peer: the application's, the far end's, and one of our own. */
export class DataChannels {
  readonly #init: DataChannelsInit
  /** Of our own; the far end knows nothing of it. An offer without channels has a data section by it, and it opens when the native side has opened all it had. */
  readonly #dataSection: DataChannel
  readonly #channels: Set<DataChannel>
  readonly #ofFarEnd = new Set<DataChannel>()
  readonly #refused = new Set<Promise<void>>()
  readonly #usedIds = new Set<number>()
  /** Of channels that are forgotten. */
  #bytesSent = 0
  #bytesReceived = 0
  #opened = 0
  #closed = 0
  #native: NativePeerConnection | undefined
  #news = Promise.resolve()

  constructor (init: DataChannelsInit) {
    this.#init = init
    this.#dataSection = new DataChannel('', { negotiated: true, id: DATA_SECTION_ID }, init)
    this.#dataSection.addEventListener('open', () => this.#attachDeferred())
    this.#channels = new Set([this.#dataSection])
  }

  /** RTCPeerConnection.createDataChannel. Throws a TypeError for an impossible init, and an OperationError when the id is taken or no stream is left. */
  create (label: string, init: DataChannelInit): DataChannel {
    checkDataChannelInit(label, init)
    this.#forgetSettled()
    const { negotiated = false, id } = init
    if (negotiated && this.#isTaken(id!)) throw new DOMException(`createDataChannel: expected an id that is free, found ${id}`, 'OperationError')
    const isReady = this.#dataSection.readyState !== 'connecting'
    if (!isReady && this.#channels.size > MAX_CHANNELS) throw new DOMException(`createDataChannel: expected at most ${MAX_CHANNELS} channels`, 'OperationError')
    const channel = new DataChannel(label, negotiated ? init : { ...init, id: undefined }, this.#init)
    // An in-band channel that is made while the native side opens those it has is announced twice, whereupon the far end closes it.
    if (this.#native && (negotiated || isReady)) this.#attach(channel, this.#native)
    this.#add(channel)
    return channel
  }

  /** Makes the native channels of those there are, and of those to come. The first makes the native offer, unless there is a remote one. */
  attachTo (native: NativePeerConnection): void {
    this.#native = native
    for (const channel of this.#channels) if (channel.readyState === 'connecting') this.#attach(channel, native)
  }

  /** A channel of the far end, with every callback that its native one needs. */
  add (native: NativeDataChannel): DataChannel {
    const channel = new DataChannel(native.getLabel(), { protocol: native.getProtocol(), id: native.getId() }, this.#init)
    channel.attach(native)
    this.#forgetSettled()
    this.#add(channel)
    this.#ofFarEnd.add(channel)
    return channel
  }

  /** Whether the far end may make another channel. */
  get hasRoom (): boolean {
    const { maxDataChannels } = this.#init.limits
    for (const channel of this.#ofFarEnd) if (channel.readyState === 'closed') this.#ofFarEnd.delete(channel)
    return this.#ofFarEnd.size < maxDataChannels
  }

  /** Closes a channel of the far end that nobody will know of. */
  refuse (native: NativeDataChannel): void {
    const { inbox, onDefect } = this.#init
    const refused = refuse(native, size => inbox.receive(size, () => {}), onDefect).catch(onDefect).finally(() => this.#refused.delete(refused))
    this.#refused.add(refused)
  }

  /** Calls back when the messages that have arrived are told. The channels' queues come later: the news of the end overtakes messages that arrived before. */
  afterMessages (callback: () => void): void {
    const { inbox, onDefect } = this.#init
    this.#news = this.#news.then(async () => {
      let before
      do {
        before = this.#received
        await nextTurn()
      } while (this.#received > before)
      inbox.afterMessages(callback)
    }).catch(onDefect)
  }

  /** The channels' part of the peer's statistics. */
  getStats (): Pick<WebRtcStats, 'bytesSent' | 'bytesReceived' | 'dataChannelsOpened' | 'dataChannelsClosed' | 'dataChannels'> {
    const channels = [...this.#channels].filter(channel => channel !== this.#dataSection)
    return {
      bytesSent: channels.reduce((sum, { counts }) => sum + counts.bytesSent, this.#bytesSent),
      bytesReceived: channels.reduce((sum, { counts }) => sum + counts.bytesReceived, this.#bytesReceived),
      dataChannelsOpened: this.#opened,
      dataChannelsClosed: this.#closed,
      dataChannels: channels.filter(({ readyState }) => readyState !== 'closed').map(channel => channel.getStats())
    }
  }

  /** Settles when what was sent on channels that the application has closed has had its time to arrive. */
  async flush (): Promise<void> {
    await Promise.all([...this.#channels].map(({ flushed }) => flushed))
  }

  /** The connection has ended. The native channels follow in `release`. */
  peerConnectionClosed (): void {
    this.#native = undefined
    for (const channel of this.#channels) channel.peerConnectionClosed()
  }

  /** Closes the native channels. */
  async release (): Promise<void> {
    await Promise.all([...this.#refused, ...[...this.#channels].map(channel => channel.release())])
    this.#forgetSettled()
  }

  /** How many messages they have been handed. */
  get #received (): number {
    let received = 0
    for (const channel of this.#channels) received += channel.counts.messagesReceived
    return received
  }

  #add (channel: DataChannel): void {
    this.#channels.add(channel)
    channel.addEventListener('open', () => {
      this.#opened++
      channel.addEventListener('close', () => { this.#closed++ })
      this.#init.onOpen()
    })
  }

  #attachDeferred (): void {
    for (const channel of this.#channels) {
      if (channel.readyState !== 'connecting' || channel.isAttached) continue
      try {
        this.#attach(channel, this.#native!)
      } catch (error) {
        channel.dispatch({ type: 'error', target: channel, error: error as DOMException })
        channel.close()
      }
    }
  }

  #attach (channel: DataChannel, native: NativePeerConnection): void {
    const { label, ordered, protocol, negotiated, maxPacketLifeTime, maxRetransmits, id } = channel
    try {
      channel.attach(native.createDataChannel(label, {
        protocol,
        negotiated,
        unordered: !ordered,
        ...id !== null && { id },
        ...maxPacketLifeTime !== null && { maxPacketLifeTime },
        ...maxRetransmits !== null && { maxRetransmits }
      }))
      if (negotiated) this.#usedIds.add(id!)
    } catch (cause) {
      throw Object.assign(new DOMException(`createDataChannel '${label}': ${(cause as Error).message}`, 'OperationError'), { cause })
    }
  }

  /** An id serves one channel: nothing tells when the far end, too, has closed its side of the stream. */
  #isTaken (id: number): boolean {
    return this.#usedIds.has(id) || [...this.#channels].some(channel => channel.id === id && channel.readyState !== 'closed')
  }

  #forgetSettled (): void {
    for (const channel of this.#channels) {
      if (!channel.settled) continue
      this.#bytesSent += channel.counts.bytesSent
      this.#bytesReceived += channel.counts.bytesReceived
      this.#channels.delete(channel)
    }
  }
}

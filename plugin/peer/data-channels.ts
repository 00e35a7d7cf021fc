import type { WebRtcStats } from '../../schemas/stats.js'
import { DataChannel, type ChannelContext } from './data-channel.js'
import { checkDataChannelInit, MAX_ID, OWN_ID, type DataChannelInit } from './data-channel-init.js'
import { nextTurn } from './event-loop.js'
import type { Inbox } from './inbox.js'
import { MAX_DATA_CHANNELS, type PeerLimit, type ResolvedPeerLimits } from './limits.js'
import type { NativeDataChannel, NativePeerConnection } from './native.js'
import { refuse } from './refused-channel.js'
import type { ErrorHandler } from './safe-event-target.js'

/** The native library gives each side 512 streams; the channel of our own takes one, also when it has closed. */
const MAX_CHANNELS = MAX_DATA_CHANNELS - 1

export interface DataChannelsInit extends Omit<ChannelContext, 'channelOpened' | 'channelClosed'> {
  onDefect: (error: unknown) => void
  /** Told whenever a channel has opened. */
  onOpen: () => void
}

/** The channels of a peer: the application's, the far end's, and at first one of our own, where the application has none that does the same. */
export class DataChannels implements ChannelContext {
  readonly limits: ResolvedPeerLimits
  readonly inbox: Inbox
  readonly onError: ErrorHandler
  readonly onLimitExceeded: (limit: PeerLimit) => void
  readonly #onDefect: DataChannelsInit['onDefect']
  readonly #onOpen: DataChannelsInit['onOpen']
  /** The far end knows nothing of it. An offer without channels has a data section by it. */
  #own: DataChannel | undefined
  #ownId: number | undefined
  /** Those that need nobody to open them: when one does, the native side has opened all it had when it connected. Undefined before there are any, and from then on. */
  #witnesses: DataChannel[] | undefined
  readonly #channels = new Set<DataChannel>()
  /** Settles when those are closed that nobody was told of. */
  #refused: Promise<void> | undefined
  readonly #usedIds = new Set<number>()
  /** Of channels that are forgotten. */
  #bytesSent = 0
  #bytesReceived = 0
  #opened = 0
  #closed = 0
  #native: NativePeerConnection | undefined
  #news = Promise.resolve()

  constructor ({ limits, inbox, onError, onLimitExceeded, onDefect, onOpen }: DataChannelsInit) {
    this.limits = limits
    this.inbox = inbox
    this.onError = onError
    this.onLimitExceeded = onLimitExceeded
    this.#onDefect = onDefect
    this.#onOpen = onOpen
  }

  /** RTCPeerConnection.createDataChannel. Throws a TypeError for an impossible init, and an OperationError when the id is taken or no stream is left. */
  create (label: string, init: DataChannelInit): DataChannel {
    checkDataChannelInit(label, init)
    this.#forgetSettled()
    const { negotiated = false, id } = init
    if (negotiated && this.#isTaken(id!)) throw new DOMException(`createDataChannel: expected an id that is free, found ${id}`, 'OperationError')
    const isReady = this.#native && !this.#witnesses
    if (!isReady && this.#channels.size - (this.#own ? 1 : 0) >= MAX_CHANNELS) throw new DOMException(`createDataChannel: expected at most ${MAX_CHANNELS} channels`, 'OperationError')
    const channel = new DataChannel(label, negotiated ? init : { ...init, id: undefined }, this)
    // An in-band channel that is made while the native side opens those it has is announced twice, whereupon the far end closes it.
    if (this.#native && (negotiated || isReady)) this.#attach(channel, this.#native)
    this.#channels.add(channel)
    return channel
  }

  /** Makes the native channels of those there are, and of those to come. The first makes the native offer, unless there is a remote one. `type` is that of the local description. */
  attachTo (native: NativePeerConnection, type: keyof typeof OWN_ID): void {
    this.#native = native
    this.#ownId = OWN_ID[type]
    const channels = [...this.#channels].filter(({ readyState }) => readyState === 'connecting')
    this.#witnesses = channels.filter(({ negotiated }) => negotiated)
    // Of callbacks that are due in one turn Node calls those first that were there first: a witness is heard before an in-band channel opens.
    for (const witness of this.#witnesses) this.#attach(witness, native)
    if (this.#witnesses.length === 0) this.#attachOwn(native)
    for (const channel of channels) if (!channel.negotiated) this.#attach(channel, native)
  }

  /** A channel of the far end, with every callback that its native one needs. */
  add (native: NativeDataChannel): DataChannel {
    const channel = new DataChannel(native.getLabel(), { protocol: native.getProtocol(), id: native.getId() }, this, true)
    channel.attach(native)
    this.#forgetSettled()
    this.#channels.add(channel)
    return channel
  }

  /** Whether the far end may make another channel. */
  get hasRoom (): boolean {
    return [...this.#channels].filter(({ isOfFarEnd, readyState }) => isOfFarEnd && readyState !== 'closed').length < this.limits.maxDataChannels
  }

  /** Closes a channel of the far end that nobody will know of. */
  refuse (native: NativeDataChannel): void {
    const refused = refuse(native, size => this.inbox.receive(size, () => {}), this.#onDefect).catch(this.#onDefect)
    const before = this.#refused
    this.#refused = refused.then(() => before)
  }

  /** Calls back when the messages that have arrived are told. The channels' queues come later: the news of the end overtakes messages that arrived before. */
  afterMessages (callback: () => void): void {
    this.#news = this.#news.then(async () => {
      let before
      do {
        before = this.#received
        await nextTurn()
      } while (this.#received > before)
      this.inbox.afterMessages(callback)
    }).catch(this.#onDefect)
  }

  /** The channels' part of the peer's statistics. */
  getStats (): Pick<WebRtcStats, 'bytesSent' | 'bytesReceived' | 'dataChannelsOpened' | 'dataChannelsClosed' | 'dataChannels'> {
    const channels = [...this.#channels].filter(channel => channel !== this.#own)
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
    await Promise.all([this.#refused, ...[...this.#channels].map(channel => channel.release())])
    this.#forgetSettled()
  }

  channelOpened (channel: DataChannel): void {
    // Once it has told, it closes: natively it takes as much as any channel.
    if (channel === this.#own) {
      channel.close()
    } else {
      this.#opened++
      this.#onOpen()
    }
    if (this.#witnesses?.includes(channel)) this.#ready()
  }

  channelClosed (channel: DataChannel): void {
    if (channel === this.#own) {
      // With the connection it is released like the others.
      if (!this.#native) return
      this.#channels.delete(channel)
      this.#own = undefined
      // A far end that resets its stream before it has told has what it wants: an announcement that comes twice.
      if (this.#witnesses) this.#ready()
    } else {
      if (channel.hasOpened) this.#closed++
      if (this.#native) this.#replaceWitness(this.#native)
    }
  }

  /** How many messages they have been handed. */
  get #received (): number {
    let received = 0
    for (const channel of this.#channels) received += channel.counts.messagesReceived
    return received
  }

  /** The native side has opened all it had: others can be made. */
  #ready (): void {
    this.#witnesses = undefined
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

  /** The application may have closed those there were. */
  #replaceWitness (native: NativePeerConnection): void {
    if (this.#own || !this.#witnesses?.every(({ readyState }) => readyState === 'closed')) return
    try {
      this.#attachOwn(native)
    } catch {
      // It has closed, which it tells.
    }
  }

  #attachOwn (native: NativePeerConnection): void {
    const own = new DataChannel('', { negotiated: true, id: this.#ownId! }, this)
    this.#attach(own, native)
    this.#channels.add(own)
    this.#own = own
    this.#witnesses = [own]
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
      if (negotiated && id! <= MAX_ID) this.#usedIds.add(id!)
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

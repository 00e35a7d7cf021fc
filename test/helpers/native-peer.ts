import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import native, { type DataChannel, type DataChannelInitConfig, type PeerConnection, type RtcConfig } from 'node-datachannel'
import { OWN_ID } from '../../plugin/peer/data-channel-init.js'
import { signal, within, type Signal } from './deadline.js'

export type NativeMessage = string | Buffer | ArrayBuffer

/** A channel of the far end: keeps what it receives until a test asks for it. */
export class NativeChannel {
  readonly native: DataChannel
  readonly label: string
  /** Every message so far, oldest first. */
  readonly received: NativeMessage[] = []
  readonly #opened: Signal
  readonly #closed = signal()
  readonly #state = { onMessage: () => {}, isClosed: false }

  /** The callbacks do not hold this object, nor by it the native channel, which could never be collected then. */
  constructor (native: DataChannel, opened = signal()) {
    const { received } = this
    const state = this.#state
    const closed = this.#closed
    this.#opened = opened
    this.native = native
    this.label = native.getLabel()
    native.onMessage(message => {
      received.push(message)
      state.onMessage()
    })
    native.onOpen(() => opened.resolve())
    native.onClosed(() => {
      state.isClosed = true
      closed.resolve()
    })
    if (native.isOpen()) opened.resolve()
  }

  opened (milliseconds?: number): Promise<void> {
    return within(this.#opened.promise, `the far end's channel '${this.label}' to open`, milliseconds)
  }

  closed (milliseconds?: number): Promise<void> {
    return within(this.#closed.promise, `the far end's channel '${this.label}' to close`, milliseconds)
  }

  /** The first `count` messages, once they are there. One waiter at a time. */
  async messages (count: number, milliseconds?: number): Promise<NativeMessage[]> {
    const { promise, resolve } = signal()
    const { received } = this
    this.#state.onMessage = () => { if (received.length >= count) resolve() }
    this.#state.onMessage()
    await within(promise, `message ${count} on the far end's channel '${this.label}'`, milliseconds).catch(error => {
      throw new Error(`${error.message}, found ${this.received.length}`)
    })
    return this.received.slice(0, count)
  }

  send (message: string | Uint8Array): void {
    if (typeof message === 'string') this.native.sendMessage(message)
    else this.native.sendMessageBinary(message)
  }

  close (): void {
    this.native.close()
  }

  get isClosed (): boolean {
    return this.#state.isClosed
  }
}

/**
 * The far end of a test: a raw node-datachannel peer on loopback, that knows nothing of the code under test.
 * Close it in a teardown, or the process never ends.
 */
export class NativePeer {
  readonly native: PeerConnection
  /** Every channel: its own, and those that the other side made. */
  readonly channels: NativeChannel[] = []
  readonly #incoming = new Map<string, Signal<NativeChannel>>()
  readonly #connected = signal()
  readonly #opened = signal()
  readonly #closed = signal()
  #sentinel: NativeChannel | undefined

  constructor (configuration: Partial<RtcConfig> = {}) {
    this.native = new native.PeerConnection('far end', { iceServers: [], bindAddress: '127.0.0.1', maxMessageSize: 256 * 1024, ...configuration })
    this.native.onStateChange(state => {
      if (state === 'connected') this.#connected.resolve()
      if (state === 'closed') this.#closed.resolve()
    })
    this.native.onDataChannel(incoming => {
      const channel = new NativeChannel(incoming)
      this.channels.push(channel)
      this.#expected(channel.label).resolve(channel)
    })
  }

  get state (): string {
    return this.native.state()
  }

  /** Makes a channel. The first one on a peer that has no description yet makes the offer. */
  createDataChannel (label = 'far end', init: DataChannelInitConfig = {}): NativeChannel {
    const channel = new NativeChannel(this.native.createDataChannel(label, init))
    this.channels.push(channel)
    return channel
  }

  /** The channel that the other side made. Labels are used once. */
  channel (label: string, milliseconds?: number): Promise<NativeChannel> {
    return within(this.#expected(label).promise, `channel '${label}' at the far end`, milliseconds)
  }

  /** The offer, with every candidate; makes a channel 'far end' if there is none. */
  offer (): string {
    if (this.channels.length === 0) this.createDataChannel()
    return this.#localSdp(OWN_ID.offer)
  }

  /** The answer to an offer, with every candidate. An offer without candidates (`withoutCandidates`) holds: nothing connects before `addCandidates`. */
  answer (offer: string): string {
    this.native.setRemoteDescription(offer, 'offer')
    return this.#localSdp(OWN_ID.answer)
  }

  applyAnswer (answer: string): void {
    this.native.setRemoteDescription(answer, 'answer')
  }

  /** The second half of holding: the candidates of the offer, once the other side has applied the answer. */
  addCandidates (sdp: string): void {
    for (const [candidate] of sdp.matchAll(/^a=candidate:.*$/gm)) this.native.addRemoteCandidate(candidate.trim(), '0')
  }

  async connected (milliseconds?: number): Promise<void> {
    await within(Promise.all([this.#connected.promise, this.#opened.promise]), 'the far end to connect', milliseconds)
  }

  closed (milliseconds?: number): Promise<void> {
    return within(this.#closed.promise, 'the far end to close', milliseconds)
  }

  /** Not from within a callback, each channel first: without either the process hangs or never ends. Harmless when called again. */
  async close (): Promise<void> {
    await new Promise(setImmediate)
    const channels = [...this.channels, ...this.#sentinel ? [this.#sentinel] : []]
    for (const channel of channels) channel.close()
    this.native.close()
    await this.closed()
    await new Promise(setImmediate)
    if (channels.some(channel => !channel.isClosed)) collectGarbage()
  }

  #expected (label: string): Signal<NativeChannel> {
    let expected = this.#incoming.get(label)
    if (!expected) this.#incoming.set(label, expected = signal())
    return expected
  }

  /**
   * A channel that is made while the native peer opens those it has is announced twice, whereupon the other side closes it.
   * One that was there from the beginning tells by its open event that they are open. Its id is not the other side's, whatever that closes.
   */
  #localSdp (id: number): string {
    this.#sentinel = new NativeChannel(this.native.createDataChannel('', { negotiated: true, id }), this.#opened)
    return this.native.localDescription()!.sdp
  }
}

let timer: NodeJS.Timeout | undefined

/** A native channel that has closed without saying so keeps the process alive until it is collected. The timer itself does not. */
function collectGarbage (): void {
  setFlagsFromString('--expose-gc')
  timer ??= setInterval(runInNewContext('gc'), 500).unref()
}

/** The description without its candidates, as a far end that trickles them would send it. */
export function withoutCandidates (sdp: string): string {
  return sdp.replace(/^a=(candidate:.*|end-of-candidates)\r?\n/gm, '')
}

/**
 * The offer, with a role in DTLS where it leaves the choice (RFC 8842, 5.3). The server begins where its own offer says `active`,
 * or a far end's `passive`. Of handshakes that many far ends begin at a time some fail: docs/upstream/libdatachannel-early-client-hello.md
 */
export function withSetup (offer: string, setup: 'active' | 'passive'): string {
  const chosen = offer.replace(/^a=setup:actpass/gm, `a=setup:${setup}`)
  if (chosen === offer) throw new Error('expected an offer that leaves the choice, found none')
  return chosen
}

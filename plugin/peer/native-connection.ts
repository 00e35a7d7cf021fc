import type { WebRtcSessionDescription } from '../../schemas/session-description.js'
import type { DataChannels } from './data-channels.js'
import { settlesWithin } from '../settles-within.js'
import { defer, nextTurn } from './event-loop.js'
import type { Media } from './media.js'
import { collectOrphans, createNativePeerConnection, guard, type NativeConfiguration, type NativeDataChannel, type NativePeerConnection } from './native.js'
import type { IceGatheringState, PeerConnectionState } from './peer-connection-states.js'
import type { ErrorHandler } from './safe-event-target.js'
import { afterLook, inTurn } from '../turns.js'

export interface NativeConnectionInit {
  configuration: NativeConfiguration
  onStateChange: (state: PeerConnectionState) => void
  /** There may be another candidate, or all of them. */
  onGathering: () => void
  onDataChannel: (native: NativeDataChannel) => void
  /** Must not throw. */
  onError: ErrorHandler
}

/** How long a closed peer waits for its channels to flush, in milliseconds. */
const FLUSH_DEADLINE = 5000

/** How long one that is in the middle of its DTLS and SCTP handshakes waits for their end, in milliseconds: a few round trips. */
const HANDSHAKE_DEADLINE = 500

/** How long the far end has to close its channels, too, in milliseconds: two round trips, as far as they are short. */
const GOODBYE = 100

/** How long it then waits for the native side to close, in milliseconds. */
const CLOSE_DEADLINE = 5000

/** A native peer whose JavaScript object is collected closes under its user's feet: every peer is held from its first native call until the native side has closed. */
const live = new Set<NativeConnection>()

/** How many peers the native side still holds. */
export function livePeerConnections (): number {
  return live.size
}

/** Whether peers of this process have the UDP port, which others of it may then share. */
export function isUdpPortShared (udpPort: number): boolean {
  return [...live].some(native => native.udpPort === udpPort)
}

/** The native side of a peer: made when it is needed, and released in an order that neither blocks nor leaks. */
export class NativeConnection {
  readonly #init: NativeConnectionInit
  readonly #connected = defer()
  readonly #closed = defer()
  #native: NativePeerConnection | undefined
  #localDescription: string | undefined
  /** Of the far end's first section, as the native side knows it. */
  #mid = ''

  constructor (init: NativeConnectionInit) {
    this.#init = init
  }

  get udpPort (): number | undefined {
    return this.#init.configuration.udpPort
  }

  /** Undefined before it is made, and when it has been released. */
  get native (): NativePeerConnection | undefined {
    return this.#native
  }

  /** Makes it, unless it is there. Throws what the library throws. */
  create (): NativePeerConnection {
    this.#native ??= this.#create()
    return this.#native
  }

  /** The native word for `gathering` is `in-progress`. */
  get iceGatheringState (): IceGatheringState {
    const state = this.#native!.gatheringState() as IceGatheringState | 'in-progress'
    return state === 'in-progress' ? 'gathering' : state
  }

  /** The text of the description, with every candidate gathered so far; undefined until there is one. */
  get localDescription (): string | undefined {
    return this.#localDescription ?? (this.#native && this.#readLocalDescription(this.#native))
  }

  /** It does not change any more. */
  keepLocalDescription (): void {
    this.#localDescription = this.#readLocalDescription(this.#native!)
  }

  /** Throws an InvalidAccessError when it refuses what the far end described. */
  setRemoteDescription ({ type, sdp }: WebRtcSessionDescription): void {
    const native = this.#native!
    const [, mid = ''] = /^a=mid:(.*?)\r?$/m.exec(sdp) ?? []
    this.#mid = mid
    try {
      native.setRemoteDescription(sdp, type)
    } catch (cause) {
      // With an answer to it the offer was taken: what is missing is a socket or a port to gather with.
      if (type === 'offer' && native.localDescription()) throw cause
      // Without the cause: behind a colon or in quotes the native side's words are those of the description.
      const [message] = (cause as Error).message.split(/[:"]/)
      throw new DOMException(`setRemoteDescription: ${message}`, 'InvalidAccessError')
    }
  }

  /** What it refuses has no consequences: it may have closed, by itself too, which it then tells. */
  addIceCandidate (candidate: string): void {
    guard(() => this.#native?.addRemoteCandidate(candidate, this.#mid), () => {})()
  }

  /** Never within a native callback, and right after the event loop has heard what there is: a channel that JavaScript has not seen yet would block the native close for ever. With a goodbye the far end hears of it. */
  async release (channels: DataChannels, media: Media, saysGoodbye: boolean): Promise<void> {
    await nextTurn()
    const native = this.#native
    if (!native) return
    await settlesWithin(Promise.race([channels.flush(), this.#closed.promise]), FLUSH_DEADLINE)
    await channels.release()
    // A channel closes at the far end when its reset of the stream has been answered (RFC 8831, 6.7), for which somebody has to be there.
    if (saysGoodbye && native.state() === 'connected') await settlesWithin(this.#closed.promise, GOODBYE)
    await media.release()
    this.#localDescription ??= this.#readLocalDescription(native)
    // usrsctp frees a packet twice now and then when it is stopped while it connects: docs/upstream/usrsctp-shutdown.md
    if (isHandshaking(native)) await settlesWithin(Promise.race([this.#connected.promise, this.#closed.promise]), HANDSHAKE_DEADLINE)
    const released = this.#closed.promise.then(() => this.#released(channels))
    await inTurn(() => isUnheard(native) ? native.close() : afterLook(() => native.close()))
    if (!await settlesWithin(released, CLOSE_DEADLINE)) this.#init.onError(new Error(`the native peer has not closed within ${CLOSE_DEADLINE} ms`), 'close')
  }

  async #released (channels: DataChannels): Promise<void> {
    // Those that the far end made while the others were released.
    await channels.release()
    this.#native = undefined
    live.delete(this)
    if (live.size === 0) collectOrphans()
  }

  #create (): NativePeerConnection {
    const { configuration, onStateChange, onGathering, onDataChannel, onError } = this.#init
    const native = createNativePeerConnection(configuration)
    live.add(this)
    const onDefect = (error: unknown) => onError(error, 'peer')
    const guarded = <Arguments extends unknown[]>(callback: (...args: Arguments) => void) => guard(callback, onDefect)
    // Without a callback for the ICE state, which can be called when it has been freed: docs/upstream/node-datachannel-ice-state.md
    native.onStateChange(guarded(state => {
      if (state === 'connected') this.#connected.resolve()
      if (state === 'closed') this.#closed.resolve()
      onStateChange(state as PeerConnectionState)
    }))
    // Of both, what the description has by now is told: nothing says which of them is called first. Without servers gathering is complete before either is.
    if (configuration.iceServers?.length) native.onLocalCandidate(guarded(onGathering))
    native.onGatheringStateChange(guarded(onGathering))
    native.onDataChannel(guarded(onDataChannel))
    return native
  }

  #readLocalDescription (native: NativePeerConnection): string | undefined {
    // A comma where RFC 8839, 5.6 has a space: https://github.com/paullouisageneau/libdatachannel/commit/9d6bd8d8
    return native.localDescription()?.sdp
      .replace('a=ice-options:ice2,trickle', 'a=ice-options:ice2 trickle')
      .replace(/^a=max-message-size:\d+/m, `a=max-message-size:${this.#init.configuration.maxMessageSize}`)
  }
}

/** Whether ICE is connected, and what comes above it is not yet. */
function isHandshaking (native: NativePeerConnection): boolean {
  return native.state() === 'connecting' && ['connected', 'completed'].includes(native.iceState())
}

/** Whether nothing can have come from a far end. Where something can, a channel that JavaScript has not seen yet may be full, and the native close would never return. */
function isUnheard (native: NativePeerConnection): boolean {
  return ['new', 'connecting'].includes(native.state())
}

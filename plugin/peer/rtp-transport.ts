import type { Inbox } from './inbox.js'
import { guard, type NativeTrack } from './native.js'
import { drain } from './native-queue.js'
import { isRtcp, readRtpHeader, type RtpHeader } from './rtp-packet.js'

export interface RtpTransportInit {
  inbox: Inbox
  onRtp: (packet: Buffer, header: RtpHeader) => void
  onRtcp: (packet: Buffer) => void
  onDefect: (error: unknown) => void
}

/** The one native track of a peer, which carries the packets of all its transceivers. */
export class RtpTransport {
  readonly #init: RtpTransportInit
  readonly #tellRtp: RtpTransportInit['onRtp']
  readonly #tellRtcp: RtpTransportInit['onRtcp']
  #native: NativeTrack | undefined
  #received = 0

  /** Before the peer negotiates. Without the callback for its end, and its close, the track keeps the process alive. */
  constructor (native: NativeTrack, init: RtpTransportInit) {
    this.#init = init
    this.#tellRtp = guard(init.onRtp, init.onDefect)
    this.#tellRtcp = guard(init.onRtcp, init.onDefect)
    native.onMessage(guard(packet => this.#receive(packet), init.onDefect))
    native.onClosed(guard(() => {}, init.onDefect))
    this.#native = native
  }

  /** Whether the packet has been sent. What cannot be sent at once never is: it would come too late. */
  send (packet: Buffer): boolean {
    try {
      return this.#native?.sendMessageBinary(packet) === true
    } catch {
      // Not open yet, or no more.
      return false
    }
  }

  /** Never within a native callback. What is queued for JavaScript by then would leak, so it is let go first. */
  async release (): Promise<void> {
    await drain(() => this.#received)
    this.#native?.close()
    this.#native = undefined
  }

  #receive (packet: Buffer): void {
    this.#received++
    const { inbox } = this.#init
    if (inbox.isClosed) return
    if (isRtcp(packet)) return inbox.receivePacket(packet.length, () => this.#tellRtcp(packet))
    const header = readRtpHeader(packet)
    // What is no packet counts as one.
    if (header) inbox.receivePacket(packet.length, () => this.#tellRtp(packet, header))
    else inbox.admitPacket(packet.length)
  }
}

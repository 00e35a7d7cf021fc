import { MEDIA_MID } from './bundle.js'
import type { Inbox } from './inbox.js'
import type { ResolvedPeerLimits } from './limits.js'
import { createNativeTrack, type NativePeerConnection } from './native.js'
import { RtpSession } from './rtp-session.js'
import { RtpTransport } from './rtp-transport.js'
import type { ErrorHandler } from './safe-event-target.js'
import { Transceivers } from './transceivers.js'

/** Bits a second that a far end is told it may send; it sends less, and finds out by the reports what arrives. */
const MAX_BITRATE = 10_000_000

export interface MediaInit {
  limits: ResolvedPeerLimits
  inbox: Inbox
  onError: ErrorHandler
  onDefect: (error: unknown) => void
  onNegotiationNeeded: () => void
}

/** The audio and video of a peer: its transceivers, and the track that carries what they send and receive. */
export class Media {
  readonly transceivers: Transceivers
  readonly #init: MediaInit
  /** What is sent was negotiated, by then there is a transport. */
  readonly #send = (packet: Buffer): boolean => this.#transport!.send(packet)
  #transport: RtpTransport | undefined
  #session: RtpSession | undefined

  constructor (init: MediaInit) {
    const { onError, onNegotiationNeeded } = init
    this.#init = init
    this.transceivers = new Transceivers({ onError, send: this.#send, askForKeyFrame: ssrc => this.#session?.askForKeyFrame(ssrc), onNegotiationNeeded })
  }

  /** Whether the native peer has what audio and video need. It gets it before it negotiates, or never. */
  get isAttached (): boolean {
    return this.#transport !== undefined
  }

  attach (native: NativePeerConnection): void {
    const { limits, inbox, onDefect } = this.#init
    const session = new RtpSession({ maxBitrate: Math.min(MAX_BITRATE, limits.maxBytesPerSecond * 8), transceivers: () => this.transceivers.all, send: this.#send })
    this.#transport = new RtpTransport(createNativeTrack(native, MEDIA_MID), {
      inbox,
      onDefect,
      onRtp: (packet, header) => session.receive(packet, header),
      onRtcp: packet => session.receiveRtcp(packet)
    })
    this.#session = session
    session.start()
  }

  /** The far end has described what it sends. */
  described (sdp: string): void {
    this.#session?.describe(this.transceivers.receiversBySource(sdp))
  }

  close (): void {
    this.#session?.close()
    this.transceivers.close()
  }

  /** Closes the native track. */
  async release (): Promise<void> {
    await this.#transport?.release()
  }
}

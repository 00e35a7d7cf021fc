import type { WebRtcSessionDescription } from '../../schemas/session-description.js'
import { toNativeDescription } from './bundle.js'
import type { DataChannels } from './data-channels.js'
import { assignDtlsRole } from './dtls-role.js'
import { LocalDescription } from './local-description.js'
import type { Media } from './media.js'
import type { NativePeerConnection } from './native.js'
import type { NativeConnection } from './native-connection.js'
import type { RtpTransceiver } from './rtp-transceiver.js'

export interface DescriptionExchangeInit {
  native: NativeConnection
  channels: DataChannels
  media: Media
  /** Whether audio and video can be negotiated later. */
  hasMedia: boolean
}

/** The descriptions of both ends, and what is done to channels, transceivers and the native side by them. Only the first of each negotiate natively. */
export class DescriptionExchange {
  readonly #init: DescriptionExchangeInit
  readonly #local = new LocalDescription()
  #remoteDescription: WebRtcSessionDescription | null = null

  constructor (init: DescriptionExchangeInit) {
    this.#init = init
  }

  /** With every candidate gathered so far; null until there is one. */
  get localDescription (): WebRtcSessionDescription | null {
    return this.#local.format(this.#init.native.localDescription)
  }

  /** As it was applied; null until there is one. */
  get remoteDescription (): WebRtcSessionDescription | null {
    return this.#remoteDescription
  }

  /** Whether both ends have agreed. Nothing native is needed then: the transport stays as it is. */
  get isNegotiated (): boolean {
    return this.#local.isNegotiated
  }

  offer (native: NativePeerConnection): void {
    const { channels, media, hasMedia } = this.#init
    if (!this.isNegotiated) {
      if (media.transceivers.all.length > 0 || hasMedia) media.attach(native)
      channels.attachTo(native, 'offer')
    }
    this.#local.offer(media.transceivers.createOffer(), media.isAttached)
  }

  /** Keeps the far end's offer for `answer`. */
  setOffer (description: WebRtcSessionDescription): void {
    this.#init.media.transceivers.setOffer(description.sdp)
    this.#remoteDescription = description
  }

  answer (native: NativePeerConnection, takesAll: boolean): void {
    const { channels, media, hasMedia } = this.#init
    const { transceivers } = media
    const { sdp } = this.#remoteDescription!
    if (!this.isNegotiated) {
      if (hasMedia || transceivers.willCarryMedia(takesAll)) media.attach(native)
      this.#applyNatively({ type: 'offer', sdp: assignDtlsRole(sdp) })
      if (transceivers.hasData) channels.attachTo(native, 'answer')
    }
    this.#local.answer(transceivers.createAnswer(takesAll, media.isAttached), media.isAttached)
    media.described(sdp)
  }

  /** Applies the far end's answer. Those in which it begins to send are returned. */
  setAnswer (description: WebRtcSessionDescription): RtpTransceiver[] {
    const { media } = this.#init
    const { sdp } = description
    if (!this.isNegotiated) this.#applyNatively(description)
    this.#local.answered(sdp)
    const announced = media.transceivers.applyAnswer(sdp)
    media.described(sdp)
    this.#remoteDescription = description
    return announced
  }

  /** Takes back the offer of this end. */
  rollback (): void {
    this.#local.rollback()
    this.#init.media.transceivers.rollback()
  }

  #applyNatively ({ type, sdp }: WebRtcSessionDescription): void {
    const { native, media } = this.#init
    native.setRemoteDescription({ type, sdp: toNativeDescription(sdp, media.isAttached) })
  }
}

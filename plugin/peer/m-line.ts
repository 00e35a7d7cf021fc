import type { LocalSection } from './bundle.js'
import { formatMediaSection, formatRejectedSection, type MediaDirection, type MediaSection } from './media-section.js'
import type { MediaKind, RtpCodec } from './rtp-codec.js'
import type { RtpTransceiver } from './rtp-transceiver.js'
import type { SdpSection } from './sdp-sections.js'

/** A section as both descriptions have it, by its place. */
export interface MLine {
  kind: string
  protocol: string
  formats: string[]
  mid: string
  isRejected: boolean
  transceiver?: RtpTransceiver
  codecs: RtpCodec[]
  /** Whether the far end sends in it, as it last said. */
  isReceptive: boolean
}

/** What the far end offers in one section. */
export interface OfferedLine {
  line: MLine
  media?: MediaSection
}

/** What a section of data channels begins with. */
export const DATA_SECTION = { kind: 'application', protocol: 'UDP/DTLS/SCTP', formats: ['webrtc-datachannel'] }

export function toLine ({ kind, protocol, formats }: Pick<SdpSection, 'kind' | 'protocol' | 'formats'>, mid: string): MLine {
  return { kind, protocol, formats, mid, isRejected: false, codecs: [], isReceptive: false }
}

/** Data channels are described by the native side, unless they are refused. */
export function toLocalSection (line: MLine, direction: MediaDirection = 'inactive'): LocalSection {
  const { kind, mid, isRejected, transceiver, codecs } = line
  if (isRejected || !transceiver) return { mid, isRejected, lines: isRejected ? formatRejectedSection(line, mid) : undefined }
  return { mid, isRejected, lines: formatMediaSection({ kind: kind as MediaKind, mid, isRejected, direction, codecs, ssrcs: [] }, transceiver.sender.sent) }
}

/** Whether the application has a use for it, or takes all there is. */
export function isTaken ({ line, media }: OfferedLine, takesAll: boolean): boolean {
  const { transceiver } = line
  if (!transceiver || !media || line.isRejected || transceiver.isStopping || media.codecs.length === 0) return false
  return takesAll || transceiver.isWanted || transceiver.sender.track !== null
}

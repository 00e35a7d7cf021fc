import { readCodecs, type MediaKind, type RtpCodec } from './rtp-codec.js'
import { isRejected, midOf, valuesOf, type SdpSection } from './sdp-sections.js'

/** W3C RTCRtpTransceiverDirection, but for `stopped`. */
export type MediaDirection = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive'

/** What a section for audio or video says, beside how it is transported. */
export interface MediaSection {
  kind: MediaKind
  mid: string
  isRejected: boolean
  direction: MediaDirection
  codecs: RtpCodec[]
  /** Of what its end sends; none where it does not say. */
  ssrcs: number[]
}

/** What this end sends in a section. */
export interface SentMedia {
  ssrc: number
  cname: string
  streamId: string
  trackId: string
}

export const MEDIA_PROTOCOL = 'UDP/TLS/RTP/SAVPF'
const DIRECTIONS: readonly MediaDirection[] = ['sendrecv', 'sendonly', 'recvonly', 'inactive']

/** As the other end sees it. */
export function reverse (direction: MediaDirection): MediaDirection {
  return toDirection(receives(direction), sends(direction))
}

/** What both have in common. */
export function intersect (one: MediaDirection, other: MediaDirection): MediaDirection {
  return toDirection(sends(one) && sends(other), receives(one) && receives(other))
}

export function sends (direction: MediaDirection): boolean {
  return direction === 'sendrecv' || direction === 'sendonly'
}

export function receives (direction: MediaDirection): boolean {
  return direction === 'sendrecv' || direction === 'recvonly'
}

export function toDirection (isSending: boolean, isReceiving: boolean): MediaDirection {
  if (isSending) return isReceiving ? 'sendrecv' : 'sendonly'
  return isReceiving ? 'recvonly' : 'inactive'
}

/** A section of a description that was checked; undefined for data channels. */
export function parseMediaSection (section: SdpSection, session: readonly string[]): MediaSection | undefined {
  const { kind, lines } = section
  if (kind !== 'audio' && kind !== 'video') return undefined
  return {
    kind,
    mid: midOf(section),
    isRejected: isRejected(section),
    direction: directionOf(lines, session),
    codecs: readCodecs(kind, section),
    ssrcs: [...new Set(valuesOf('ssrc', lines).map(value => Number.parseInt(value, 10)))]
  }
}

/** The lines of a section, without those of its transport. */
export function formatMediaSection ({ kind, mid, direction, codecs }: MediaSection, { ssrc, cname, streamId, trackId }: SentMedia): string[] {
  return [
    `m=${kind} 9 ${MEDIA_PROTOCOL} ${codecs.map(({ payloadType }) => payloadType).join(' ')}`,
    'c=IN IP4 0.0.0.0',
    `a=mid:${mid}`,
    `a=${direction}`,
    ...sends(direction) ? [`a=msid:${streamId} ${trackId}`] : [],
    'a=rtcp-mux',
    'a=rtcp-rsize',
    ...codecs.flatMap(({ payloadType, mimeType, clockRate, channels, sdpFmtpLine, feedback }) => [
      `a=rtpmap:${payloadType} ${mimeType.slice(kind.length + 1)}/${clockRate}${channels ? `/${channels}` : ''}`,
      ...sdpFmtpLine ? [`a=fmtp:${payloadType} ${sdpFmtpLine}`] : [],
      ...feedback.map(name => `a=rtcp-fb:${payloadType} ${name}`)
    ]),
    ...sends(direction) ? [`a=ssrc:${ssrc} cname:${cname}`] : []
  ]
}

/** A section that is refused, or no longer used: RFC 8829, 5.3.1. */
export function formatRejectedSection ({ kind, protocol, formats }: Pick<SdpSection, 'kind' | 'protocol' | 'formats'>, mid: string): string[] {
  return [`m=${kind} 0 ${protocol} ${formats.join(' ')}`, 'c=IN IP4 0.0.0.0', `a=mid:${mid}`, 'a=inactive']
}

/** The direction of a section; the one of the session, or sendrecv, where it has none: RFC 8866, 6.7. */
function directionOf (lines: readonly string[], session: readonly string[]): MediaDirection {
  const inLines = (lines: readonly string[]) => DIRECTIONS.find(direction => lines.includes(`a=${direction}`))
  return inLines(lines) ?? inLines(session) ?? 'sendrecv'
}

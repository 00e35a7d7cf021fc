import { valuesOf, type SdpSection } from './sdp-sections.js'

export type MediaKind = 'audio' | 'video'

/** W3C RTCRtpCodecParameters: https://www.w3.org/TR/webrtc/#dom-rtcrtpcodecparameters */
export interface RtpCodec {
  payloadType: number
  /** `audio/opus`, `video/VP8` or `video/H264`. */
  mimeType: string
  clockRate: number
  channels?: number
  sdpFmtpLine?: string
  /** What of RTCP's feedback both ends know, such as `nack pli`. */
  feedback: readonly string[]
}

const VIDEO_FEEDBACK = ['goog-remb', 'ccm fir', 'nack', 'nack pli']

/** What every browser offers, in the order of preference, with the payload types that Chromium gives them. */
const SUPPORTED: Record<MediaKind, readonly RtpCodec[]> = {
  audio: [{ payloadType: 111, mimeType: 'audio/opus', clockRate: 48000, channels: 2, sdpFmtpLine: 'minptime=10;useinbandfec=1', feedback: [] }],
  video: [
    { payloadType: 96, mimeType: 'video/VP8', clockRate: 90000, feedback: VIDEO_FEEDBACK },
    { payloadType: 103, mimeType: 'video/H264', clockRate: 90000, sdpFmtpLine: 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f', feedback: VIDEO_FEEDBACK }
  ]
}

/** RFC 3551 and RFC 5761: those that are free to use. */
const DYNAMIC_PAYLOAD_TYPES = [...Array.from({ length: 32 }, (_, index) => 96 + index), ...Array.from({ length: 29 }, (_, index) => 35 + index)]

/** The codec of the name, or the one that is preferred. Throws a TypeError for one that is not known. */
export function supportedCodec (kind: MediaKind, mimeType?: string): RtpCodec {
  const codec = mimeType === undefined ? SUPPORTED[kind][0] : SUPPORTED[kind].find(codec => codec.mimeType.toLowerCase() === String(mimeType).toLowerCase())
  if (!codec) throw new TypeError(`expected one of ${SUPPORTED[kind].map(({ mimeType }) => mimeType).join(', ')}, found another mimeType`)
  return codec
}

/** The codecs of a new section, with payload types that mean nothing else in the bundle. */
export function codecsToOffer (kind: MediaKind, used: readonly RtpCodec[]): RtpCodec[] {
  const taken = new Set(used.map(({ payloadType }) => payloadType))
  return SUPPORTED[kind].map(codec => {
    const same = used.find(other => isSameCodec(other, codec))
    if (same) return same
    const payloadType = [codec.payloadType, ...DYNAMIC_PAYLOAD_TYPES].find(payloadType => !taken.has(payloadType))!
    taken.add(payloadType)
    return { ...codec, payloadType }
  })
}

/** The codecs of a section that can be used here, as the far end describes them. */
export function readCodecs (kind: MediaKind, { formats, lines }: SdpSection): RtpCodec[] {
  const names = new Map(valuesOf('rtpmap', lines).map(value => split(value)))
  const parameters = new Map(valuesOf('fmtp', lines).map(value => split(value)))
  const feedback = valuesOf('rtcp-fb', lines).map(value => split(value))
  return formats.flatMap(format => {
    const [, name = '', clockRate, channels] = /^([\w-]+)\/(\d{1,6})(?:\/(\d))?$/.exec(names.get(format) ?? '') ?? []
    const sdpFmtpLine = parameters.get(format)
    const known = SUPPORTED[kind].find(codec => isSameCodec(codec, { mimeType: `${kind}/${name}`, sdpFmtpLine }))
    if (!known || Number(clockRate) !== known.clockRate || Number(channels ?? 1) !== (known.channels ?? 1)) return []
    return [{
      ...known,
      payloadType: Number(format),
      sdpFmtpLine,
      feedback: known.feedback.filter(name => feedback.some(([of, value]) => (of === format || of === '*') && value === name))
    }]
  })
}

/** Whether what the one encodes the other decodes. Of H264 there are profiles, and ways to packetize it. */
export function isSameCodec (one: Pick<RtpCodec, 'mimeType' | 'sdpFmtpLine'>, other: Pick<RtpCodec, 'mimeType' | 'sdpFmtpLine'>): boolean {
  const name = one.mimeType.toLowerCase()
  return name === other.mimeType.toLowerCase() && (name !== 'video/h264' || h264Variant(one) === h264Variant(other))
}

/** RFC 6184, 8.1 and 8.2.2: baseline is what is meant where nothing is said. */
function h264Variant ({ sdpFmtpLine = '' }: Pick<RtpCodec, 'sdpFmtpLine'>): string {
  const [, mode = '0'] = /(?:^|[; ])packetization-mode=(\d)/.exec(sdpFmtpLine) ?? []
  const [, profile = '42'] = /(?:^|[; ])profile-level-id=([0-9a-f]{2})[0-9a-f]{4}/i.exec(sdpFmtpLine) ?? []
  return `${mode} ${profile}`
}

function split (value: string): [format: string, rest: string] {
  const [format = '', ...rest] = value.split(' ')
  return [format, rest.join(' ')]
}

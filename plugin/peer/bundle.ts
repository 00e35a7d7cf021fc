import { MEDIA_PROTOCOL } from './media-section.js'
import { isRejected, parseSdpSections, splitSdp, valuesOf, type SdpSection } from './sdp-sections.js'

/**
 * The mid of the section that carries all audio and video natively.
 *
 * The native side knows of one section for all audio and video, whatever their number, and its track carries every packet.
 * With two tracks or none it would look into RTCP itself to find whom it is for, and one packet that is not well-formed makes
 * it look for ever, on the thread of all peers. What the far end is told of and tells is between the two: the sections of
 * audio and video are written and read here, and all use the one transport that the native side negotiates.
 */
export const MEDIA_MID = 'rtp'

/** A section of a description of this end's. */
export interface LocalSection {
  mid: string
  isRejected: boolean
  /** Without those of the transport; undefined for data channels, of which the native side knows. */
  lines: readonly string[] | undefined
}

/** The attributes by which a section says how it is transported. */
const TRANSPORT = ['ice-ufrag', 'ice-pwd', 'fingerprint', 'setup']
const RTP_LINES = [`m=video 9 ${MEDIA_PROTOCOL} 96`, 'c=IN IP4 0.0.0.0', `a=mid:${MEDIA_MID}`, 'a=sendrecv', 'a=rtcp-mux', 'a=rtpmap:96 VP8/90000']

/** The first section that is not refused, by whose transport those of the bundle go: RFC 9143, 7.2.1. */
export function taggedSection<Section extends SdpSection> (sections: readonly Section[]): Section | undefined {
  return sections.find(section => !isRejected(section))
}

/** A description of the far end as the native side gets it. One without audio and video is passed on as it is. */
export function toNativeDescription (sdp: string, hasMedia: boolean): string {
  const { session, sections } = parseSdpSections(splitSdp(sdp))
  const data = sections.find(section => section.kind === 'application' && !isRejected(section))
  if (data && data.port !== 0 && sections.length === 1 && !hasMedia) return sdp
  const tagged = taggedSection(sections)?.lines ?? []
  const attributes = [...tagged, ...session]
  const transport = TRANSPORT.flatMap(name => valuesOf(name, attributes).slice(0, 1).map(value => `a=${name}:${value}`))
  const candidates = sections.flatMap(({ lines }) => lines.filter(line => line.startsWith('a=candidate:')))
  const dataLines = data
    ? [`m=application 9 ${data.protocol} ${data.formats.join(' ')}`, 'c=IN IP4 0.0.0.0', ...data.lines.filter(line => /^a=(mid|sctp-port|max-message-size):/.test(line)), ...transport]
    : []
  const mids = [...data ? valuesOf('mid', data.lines) : [], ...hasMedia ? [MEDIA_MID] : []]
  return [
    'v=0', 'o=- 0 0 IN IP4 127.0.0.1', 's=-', 't=0 0', `a=group:BUNDLE ${mids.join(' ')}`,
    ...dataLines,
    ...hasMedia ? [...RTP_LINES, ...transport] : [],
    ...candidates,
    ''
  ].join('\r\n')
}

/** The native side's description as the far end gets it: with the sections of audio and video in the place of the one, and what is the same for all in each. */
export function fromNativeDescription (sdp: string, sections: readonly LocalSection[], { version, setup }: { version: number, setup?: string | undefined }): string {
  const native = parseSdpSections(splitSdp(sdp))
  const data = native.sections.find(({ kind }) => kind === 'application')
  const [first] = native.sections
  const candidates = native.sections.flatMap(({ lines }) => lines.filter(isCandidate))
  const transport = [
    `a=setup:${setup ?? valuesOf('setup', first!.lines)[0]}`,
    ...first!.lines.filter(line => /^a=ice-(ufrag|pwd):/.test(line))
  ]
  const bundled = sections.filter(({ isRejected }) => !isRejected)
  const session = native.session
    .filter(line => !line.startsWith('a=group:'))
    .map(line => line.startsWith('o=') ? line.replace(/^(o=\S+ \S+) \d+/, `$1 ${version}`) : line)
  return [
    ...session,
    `a=group:BUNDLE ${bundled.map(({ mid }) => mid).join(' ')}`,
    ...sections.flatMap(section => [
      ...section.lines ?? [`m=application ${data!.port} ${data!.protocol} ${data!.formats.join(' ')}`, ...data!.lines.filter(line => !isCandidate(line) && !/^a=(setup|ice-ufrag|ice-pwd):/.test(line))],
      ...section.isRejected ? [] : transport,
      ...section === bundled[0] ? candidates : []
    ]),
    ''
  ].join('\r\n')
}

/** What the far end did not choose to be, this end is: RFC 8842, 5.3. */
export function oppositeSetup (sdp: string): string {
  return valuesOf('setup', splitSdp(sdp))[0] === 'active' ? 'passive' : 'active'
}

function isCandidate (line: string): boolean {
  return line.startsWith('a=candidate:') || line.startsWith('a=end-of-candidates')
}

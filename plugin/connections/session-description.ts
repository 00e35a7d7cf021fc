import type { WebRtcSessionDescription } from '../../schemas/session-description.js'
import { InvalidDescriptionError } from '../errors.js'
import { taggedSection } from '../peer/bundle.js'
import { DATA_SECTION } from '../peer/m-line.js'
import { MEDIA_PROTOCOL } from '../peer/media-section.js'
import { isRejected, midOf, parseSdpSections, splitSdp, valuesOf, type SdpSection, type SdpSections } from '../peer/sdp-sections.js'
import { checkMediaSection, checkPayloadTypes } from './media-section.js'

/** A session description that was checked. */
export interface ParsedDescription {
  /** Every line that may reach the native side: no candidates, no other fingerprints than sha-256. */
  lines: string[]
  /** The values of the candidate attributes, of the section by whose transport all go. */
  candidates: string[]
  /** Whether there will be no others. */
  isEnded: boolean
  /** Its ice-ufrag: what tells one generation of candidates from another. */
  usernameFragment: string
}

/** What a description has to fit to. */
export interface Agreed {
  /** The offer that an answer belongs to. */
  offer?: string | undefined
  /** What the far end said before, once the two ends have agreed. */
  previous?: string | undefined
  /** What this end said then: with `previous`, for an offer. */
  local?: string | undefined
}

/** Bytes of a description without its candidates. */
export const MAX_SDP_LENGTH = 16384
/** Media sections, of which those that are no longer used count too, until they are used again. */
const MAX_SECTIONS = 32
const MAX_LINE_LENGTH = 1024

const { protocol: DATA_PROTOCOL, formats: [DATA_FORMAT] } = DATA_SECTION
const SETUP: Record<WebRtcSessionDescription['type'], RegExp> = { offer: /^(actpass|active|passive)$/, answer: /^(active|passive)$/ }
const TRANSPORT_ATTRIBUTES: Record<string, { is: RegExp, expected: string }> = {
  'ice-ufrag': { is: /^[A-Za-z0-9+/]{4,256}$/, expected: 'ice-ufrag of 4 to 256 ice-chars' },
  'ice-pwd': { is: /^[A-Za-z0-9+/]{22,256}$/, expected: 'ice-pwd of 22 to 256 ice-chars' },
  fingerprint: { is: /^sha-256 [0-9A-F]{2}(:[0-9A-F]{2}){31}$/i, expected: 'a sha-256 fingerprint' }
}
/** Of a transport that stays as it is: with other ones the far end asks for a restart of ICE, which there is none of. */
const LASTING_ATTRIBUTES = Object.keys(TRANSPORT_ATTRIBUTES)
const MID = { is: /^[A-Za-z0-9!#$%&'*+.^_`{|}~-]{1,64}$/, expected: 'a mid' }
const DATA_ATTRIBUTES: Record<string, { is: RegExp, expected: string }> = {
  'sctp-port': { is: /^\d{1,5}$/, expected: 'an sctp-port' },
  'max-message-size': { is: /^\d{1,19}$/, expected: 'a max-message-size in bytes' }
}

/**
 * Parses and checks a description from the far end (RFC 8866, RFC 8829, RFC 8841, RFC 9143) before anything sees it. Throws
 * InvalidDescriptionError, which quotes nothing of it.
 */
export function parseSessionDescription ({ type, sdp }: WebRtcSessionDescription, { offer, previous, local }: Agreed = {}): ParsedDescription {
  const lines = splitLines(sdp).filter(line => !(line.startsWith('a=fingerprint:') && !/^a=fingerprint:sha-256 /i.test(line)))
  const described = lines.filter(line => !isCandidate(line))
  const length = described.reduce((sum, line) => sum + Buffer.byteLength(line) + 2, 0)
  if (length > MAX_SDP_LENGTH) throw new InvalidDescriptionError(`expected at most ${MAX_SDP_LENGTH} bytes beside the candidates, found ${length}`)

  const parsed = parseSections(lines)
  const { session, sections } = parsed
  checkSections(parsed)
  const tagged = taggedSection(sections)!
  const transport = [...tagged.lines, ...session]
  for (const [name, { is, expected }] of Object.entries(TRANSPORT_ATTRIBUTES)) check(name, transport, is, expected)
  check('setup', transport, SETUP[type], `setup that an ${type} may have`)
  if (offer !== undefined) checkAnswer(sections, parseSections(offer.split('\r\n')).sections)
  const before = previous === undefined ? undefined : parseSections(previous.split('\r\n'))
  if (before) checkTransport(parsed, before)
  if (before && local !== undefined) checkSuccessor(sections, before.sections, parseSections(local.split('\r\n')).sections)
  const [usernameFragment] = valuesOf('ice-ufrag', transport)
  return { lines: described, candidates: valuesOf('candidate', tagged.lines), isEnded: lines.some(line => line.startsWith('a=end-of-candidates')), usernameFragment: usernameFragment! }
}

/** The SDP as it is used: the checked lines, and the candidates that were let through, in the section that they belong to. */
export function formatSessionDescription ({ lines }: ParsedDescription, candidates: readonly string[]): string {
  const { session, sections } = parseSections(lines)
  const tagged = taggedSection(sections)
  return [
    ...session,
    ...sections.flatMap(section => [
      `m=${section.kind} ${section.port} ${section.protocol} ${section.formats.join(' ')}`,
      ...section.lines,
      ...section === tagged ? candidates.map(value => `a=candidate:${value}`) : []
    ]),
    ''
  ].join('\r\n')
}

function splitLines (sdp: string): string[] {
  const lines = splitSdp(sdp)
  const wrong = lines.findIndex(line => line.length > MAX_LINE_LENGTH || !/^[a-z]=[\x20-\x7e\x80-\uffff]+$/.test(line))
  if (wrong !== -1) throw new InvalidDescriptionError(`expected lines of a letter, = and up to ${MAX_LINE_LENGTH} characters, found another in line ${wrong + 1}`)
  if (lines[0] !== 'v=0') throw new InvalidDescriptionError('expected v=0 in the first line')
  return lines
}

function parseSections (lines: readonly string[]): SdpSections {
  try {
    return parseSdpSections(lines)
  } catch (error) {
    throw new InvalidDescriptionError((error as Error).message)
  }
}

/** What the sections are by themselves, and what they have to be together. */
function checkSections ({ session, sections }: SdpSections): void {
  const { length } = sections
  if (length === 0 || length > MAX_SECTIONS) throw new InvalidDescriptionError(`expected 1 to ${MAX_SECTIONS} media sections, found ${length}`)
  const used = sections.filter(section => !isRejected(section))
  if (used.length === 0) throw new InvalidDescriptionError('expected a media section that is not rejected, found none')
  if (sections.filter(({ kind }) => kind === 'application').length > 1) throw new InvalidDescriptionError('expected one section for data channels, found more')
  for (const section of sections) checkSection(section)
  const mids = sections.map(midOf)
  if (new Set(mids).size < length) throw new InvalidDescriptionError('expected a mid of its own for each section, found one twice')
  if (used.length > 1) checkBundle(session, used)
  checkPayloadTypes(used)
}

function checkSection (section: SdpSection): void {
  const { kind, protocol, formats, lines } = section
  const isMedia = kind === 'audio' || kind === 'video'
  if (!isMedia && kind !== 'application') throw new InvalidDescriptionError('expected audio, video and application as kinds of sections, found another')
  check('mid', lines, MID.is, MID.expected)
  const expected = isMedia ? MEDIA_PROTOCOL : DATA_PROTOCOL
  if (protocol !== expected || (!isMedia && formats.join(' ') !== DATA_FORMAT)) throw new InvalidDescriptionError(`expected m=${kind} with ${expected}${isMedia ? '' : ` ${DATA_FORMAT}`}, found another`)
  if (isRejected(section)) return
  if (isMedia) return checkMediaSection(section)
  for (const [name, { is, expected }] of Object.entries(DATA_ATTRIBUTES)) {
    if (name !== 'max-message-size' || valuesOf(name, lines).length > 0) check(name, lines, is, expected)
  }
}

/** One transport for all: RFC 9143. */
function checkBundle (session: readonly string[], used: readonly SdpSection[]): void {
  const [group, ...others] = valuesOf('group', session).filter(value => value.startsWith('BUNDLE ')).map(value => value.split(' ').slice(1))
  if (!group || others.length > 0) throw new InvalidDescriptionError(`expected one group of BUNDLE, found ${group ? 'more' : 'none'}`)
  const mids = new Set(group)
  if (used.some(section => !mids.has(midOf(section)))) throw new InvalidDescriptionError('expected every section in the group of BUNDLE, found one that is not')
}

/** An answer has the sections of the offer, of which it may refuse some: RFC 8829, 5.3.1. */
function checkAnswer (sections: readonly SdpSection[], offered: readonly SdpSection[]): void {
  if (sections.length !== offered.length) throw new InvalidDescriptionError(`expected the offer's ${offered.length} media sections, found ${sections.length}`)
  sections.forEach((section, index) => {
    const other = offered[index]!
    if (section.kind !== other.kind) throw new InvalidDescriptionError("expected the offer's kinds of sections in its order, found another")
    if (midOf(section) !== midOf(other)) throw new InvalidDescriptionError("expected the offer's mids in its order, found another")
    if (isRejected(section)) {
      if (section.kind === 'application' && !isRejected(other)) throw new InvalidDescriptionError('expected a data section that is not rejected, found port 0')
      return
    }
    if (isRejected(other)) throw new InvalidDescriptionError('expected a section to be rejected that the offer rejects')
    if (section.kind !== 'application' && !section.formats.every(format => other.formats.includes(format))) throw new InvalidDescriptionError("expected the offer's payload types, found another")
  })
}

/** ICE and the certificate stay as they were. */
function checkTransport ({ session, sections }: SdpSections, previous: SdpSections): void {
  const [before, now] = [previous, { session, sections }].map(({ session, sections }) => [...taggedSection(sections)!.lines, ...session])
  for (const name of LASTING_ATTRIBUTES) {
    if (valuesOf(name, before!)[0] !== valuesOf(name, now!)[0]) throw new InvalidDescriptionError(`expected the ${name} that there was: ICE is not restarted here`)
  }
}

/** Later offers have the sections of those before, and more: RFC 8829, 5.2.2. Those that either end has refused may be used again. */
function checkSuccessor (sections: readonly SdpSection[], previous: readonly SdpSection[], local: readonly SdpSection[]): void {
  const { length } = previous
  if (sections.length < length) throw new InvalidDescriptionError(`expected the ${length} media sections that there were, found ${sections.length}`)
  previous.forEach((other, index) => {
    const section = sections[index]!
    const isRefused = isRejected(local[index]!)
    if ((isRejected(other) || isRefused) && other.kind !== 'application') return
    if (section.kind !== other.kind || midOf(section) !== midOf(other)) throw new InvalidDescriptionError('expected the media sections that there were in their order, found another')
    if (section.kind === 'application' && !isRefused && isRejected(section) !== isRejected(other)) throw new InvalidDescriptionError('expected the data section to stay as it was')
  })
}

function isCandidate (line: string): boolean {
  return /^a=(candidate|end-of-candidates)\b/.test(line)
}

function check (name: string, lines: readonly string[], is: RegExp, expected: string): void {
  const [value, ...others] = valuesOf(name, lines)
  if (value === undefined || !is.test(value)) throw new InvalidDescriptionError(`expected ${expected}, found ${value === undefined ? 'none' : 'another'}`)
  if (others.some(other => other !== value)) throw new InvalidDescriptionError(`expected one ${name}, found ${others.length + 1}`)
}

import type { WebRtcSessionDescription } from '../../schemas/session-description.js'
import { InvalidDescriptionError } from '../errors.js'

/** A media section of a session description: its m-line and the attributes below it. */
interface MediaSection {
  kind: string
  port: number
  /** The m-line without its port, which the ends of an exchange must agree on. */
  protocol: string
  attributes: string[]
}

/** A session description that was checked. */
export interface ParsedDescription {
  /** Every line that may reach the native side: no candidates, no other fingerprints than sha-256. */
  lines: string[]
  /** The values of the candidate attributes. */
  candidates: string[]
  /** Whether there will be no others. */
  isEnded: boolean
  /** Its ice-ufrag: what tells one generation of candidates from another. */
  usernameFragment: string
}

/** Bytes of a description without its candidates. */
export const MAX_SDP_LENGTH = 16384
const MAX_LINE_LENGTH = 1024

const DATA_PROTOCOL = 'UDP/DTLS/SCTP webrtc-datachannel'
const SETUP: Record<WebRtcSessionDescription['type'], RegExp> = { offer: /^(actpass|active|passive)$/, answer: /^(active|passive)$/ }
const ATTRIBUTES: Record<string, { is: RegExp, expected: string }> = {
  'ice-ufrag': { is: /^[A-Za-z0-9+/]{4,256}$/, expected: 'ice-ufrag of 4 to 256 ice-chars' },
  'ice-pwd': { is: /^[A-Za-z0-9+/]{22,256}$/, expected: 'ice-pwd of 22 to 256 ice-chars' },
  fingerprint: { is: /^sha-256 [0-9A-F]{2}(:[0-9A-F]{2}){31}$/i, expected: 'a sha-256 fingerprint' }
}
const SECTION_ATTRIBUTES: Record<string, { is: RegExp, expected: string }> = {
  mid: { is: /^[A-Za-z0-9!#$%&'*+.^_`{|}~-]{1,64}$/, expected: 'a mid' },
  'sctp-port': { is: /^\d{1,5}$/, expected: 'an sctp-port' },
  'max-message-size': { is: /^\d{1,19}$/, expected: 'a max-message-size in bytes' }
}

/**
 * Parses and checks a description from the far end (RFC 8866, RFC 8829, RFC 8841) before anything native sees it. Throws
 * InvalidDescriptionError, which quotes nothing of it. With the offer that an answer belongs to, checks that both have the same media sections.
 */
export function parseSessionDescription ({ type, sdp }: WebRtcSessionDescription, offer?: string): ParsedDescription {
  const all = splitLines(sdp)
  const candidates = valuesOf('candidate', all)
  const lines = all.filter(line => !/^a=(candidate|end-of-candidates)\b/.test(line) && !(line.startsWith('a=fingerprint:') && !/^a=fingerprint:sha-256 /i.test(line)))
  const length = lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 2, 0)
  if (length > MAX_SDP_LENGTH) throw new InvalidDescriptionError(`expected at most ${MAX_SDP_LENGTH} bytes beside the candidates, found ${length}`)

  const { session, sections } = parseSections(lines)
  const [section, ...others] = sections
  if (!section || others.length > 0) throw new InvalidDescriptionError(`expected one media section, for data channels, found ${sections.length}`)
  if (section.kind !== 'application' || section.protocol !== DATA_PROTOCOL) throw new InvalidDescriptionError(`expected m=application with ${DATA_PROTOCOL}, found ${/^(audio|video)$/.test(section.kind) ? `m=${section.kind}` : 'another'}`)
  if (section.port === 0) throw new InvalidDescriptionError('expected a data section that is not rejected, found port 0')

  for (const [name, { is, expected }] of Object.entries(ATTRIBUTES)) check(name, [...section.attributes, ...session], is, expected)
  for (const [name, { is, expected }] of Object.entries(SECTION_ATTRIBUTES)) {
    if (name !== 'max-message-size' || valuesOf(name, section.attributes).length > 0) check(name, section.attributes, is, expected)
  }
  check('setup', [...section.attributes, ...session], SETUP[type], `setup that an ${type} may have`)
  if (offer !== undefined) {
    const [offered] = valuesOf('mid', offer.split('\r\n'))
    const [answered] = valuesOf('mid', section.attributes)
    if (answered !== offered) throw new InvalidDescriptionError(`expected the offer's mid ${offered}, found another`)
  }
  const [usernameFragment] = valuesOf('ice-ufrag', lines)
  return { lines, candidates, isEnded: all.some(line => line.startsWith('a=end-of-candidates')), usernameFragment: usernameFragment! }
}

/** The SDP that is handed to the native side: the checked lines, and the candidates that were let through. */
export function formatSessionDescription ({ lines }: ParsedDescription, candidates: readonly string[]): string {
  return [...lines, ...candidates.map(value => `a=candidate:${value}`), ''].join('\r\n')
}

function splitLines (sdp: string): string[] {
  const lines = sdp.split(/\r?\n/)
  if (lines.at(-1) === '') lines.pop()
  const wrong = lines.findIndex(line => line.length > MAX_LINE_LENGTH || !/^[a-z]=[\x20-\x7e\x80-\uffff]+$/.test(line))
  if (wrong !== -1) throw new InvalidDescriptionError(`expected lines of a letter, = and up to ${MAX_LINE_LENGTH} characters, found another in line ${wrong + 1}`)
  if (lines[0] !== 'v=0') throw new InvalidDescriptionError('expected v=0 in the first line')
  return lines
}

function parseSections (lines: readonly string[]): { session: string[], sections: MediaSection[] } {
  const session: string[] = []
  const sections: MediaSection[] = []
  for (const line of lines) {
    if (line.startsWith('m=')) sections.push(parseMediaLine(line))
    else (sections.at(-1)?.attributes ?? session).push(line)
  }
  return { session, sections }
}

function parseMediaLine (line: string): MediaSection {
  const [, kind, port, protocol] = /^m=([a-z]+) (\d{1,5}) (\S+(?: \S+)+)$/.exec(line) ?? []
  if (!kind || !protocol || Number(port) > 65535) throw new InvalidDescriptionError('expected m=kind port protocol format')
  return { kind, port: Number(port), protocol, attributes: [] }
}

function check (name: string, lines: readonly string[], is: RegExp, expected: string): void {
  const [value, ...others] = valuesOf(name, lines)
  if (value === undefined || !is.test(value)) throw new InvalidDescriptionError(`expected ${expected}, found ${value === undefined ? 'none' : 'another'}`)
  if (others.some(other => other !== value)) throw new InvalidDescriptionError(`expected one ${name}, found ${others.length + 1}`)
}

function valuesOf (name: string, lines: readonly string[]): string[] {
  const start = `a=${name}:`
  return lines.filter(line => line.startsWith(start)).map(line => line.slice(start.length))
}

import { InvalidDescriptionError } from '../errors.js'
import { valuesOf, type SdpSection } from '../peer/sdp-sections.js'

const MAX_FORMATS = 64
const MAX_ATTRIBUTES = 256
const MAX_SSRCS = 16
const MAX_FMTP_LENGTH = 256
const MAX_EXTMAPS = 32
const DIRECTION = /^a=(sendrecv|sendonly|recvonly|inactive)$/

/** What the value of each attribute looks like that says something of a payload type, a source or an extension. */
const ATTRIBUTES: Record<string, RegExp> = {
  rtpmap: /^\d{1,3} [\w.+-]{1,64}\/\d{1,9}(\/\d{1,3})?$/,
  fmtp: new RegExp(`^\\d{1,3} [\\x20-\\x7e]{1,${MAX_FMTP_LENGTH}}$`),
  'rtcp-fb': /^(\*|\d{1,3}) [\w .-]{1,64}$/,
  extmap: /^\d{1,5}(\/(sendrecv|sendonly|recvonly|inactive))? [\x21-\x7e]{1,256}( [\x20-\x7e]{1,256})?$/,
  ssrc: /^\d{1,10} [\x20-\x7e]{1,512}$/
}

/** Checks a section for audio or video that is used: RFC 8866, RFC 8834, RFC 8285, RFC 5576. Throws InvalidDescriptionError. */
export function checkMediaSection ({ formats, lines }: SdpSection): void {
  if (formats.length > MAX_FORMATS || !formats.every(isPayloadType)) throw new InvalidDescriptionError(`expected up to ${MAX_FORMATS} payload types, found another format`)
  if (new Set(formats).size < formats.length) throw new InvalidDescriptionError('expected each payload type once in a section, found one twice')
  if (lines.length > MAX_ATTRIBUTES) throw new InvalidDescriptionError(`expected at most ${MAX_ATTRIBUTES} lines in a section, found ${lines.length}`)
  if (!lines.includes('a=rtcp-mux')) throw new InvalidDescriptionError('expected rtcp-mux, found none')
  if (lines.filter(line => DIRECTION.test(line)).length > 1) throw new InvalidDescriptionError('expected one direction in a section, found more')
  for (const [name, is] of Object.entries(ATTRIBUTES)) {
    if (!valuesOf(name, lines).every(value => is.test(value))) throw new InvalidDescriptionError(`expected ${name} as its standard has it, found another`)
  }
  for (const name of ['rtpmap', 'fmtp']) {
    const of = valuesOf(name, lines).map(value => value.split(' ')[0])
    if (new Set(of).size < of.length) throw new InvalidDescriptionError(`expected one ${name} for a payload type, found more`)
  }
  const ssrcs = new Set(valuesOf('ssrc', lines).map(value => Number.parseInt(value, 10)))
  if (ssrcs.size > MAX_SSRCS || [...ssrcs].some(ssrc => ssrc >= 2 ** 32)) throw new InvalidDescriptionError(`expected up to ${MAX_SSRCS} sources of 32 bits in a section, found others`)
  const extensions = valuesOf('extmap', lines).length
  if (extensions > MAX_EXTMAPS) throw new InvalidDescriptionError(`expected at most ${MAX_EXTMAPS} extmap in a section, found ${extensions}`)
}

/** In a bundle a payload type means the same in each section: RFC 9143, 9.1. */
export function checkPayloadTypes (sections: readonly SdpSection[]): void {
  const meanings = new Map<string, string>()
  for (const { kind, lines } of sections) {
    for (const value of valuesOf('rtpmap', lines)) {
      const [payloadType = '', codec] = value.split(' ')
      const meaning = `${kind} ${codec}`.toLowerCase()
      if ((meanings.get(payloadType) ?? meaning) !== meaning) throw new InvalidDescriptionError('expected a payload type to mean the same in every section, found one that does not')
      meanings.set(payloadType, meaning)
    }
  }
}

function isPayloadType (format: string): boolean {
  return /^\d{1,3}$/.test(format) && Number(format) <= 127
}

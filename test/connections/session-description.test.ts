import t from 'tap'
import { formatSessionDescription, MAX_SDP_LENGTH, parseSessionDescription } from '../../plugin/connections/session-description.js'
import type { WebRtcSessionDescription } from '../../plugin/index.js'
import { description, descriptions, withAttribute, withLines } from '../helpers/descriptions.js'

const offer = description('chromium-offer').sdp
const answer = description('chromium-answer').sdp
const FINGERPRINT = `sha-256 ${Array(32).fill('0a').join(':')}`
const AUDIO = ['m=audio 9 UDP/TLS/RTP/SAVPF 111', 'c=IN IP4 0.0.0.0', 'a=mid:1']

for (const [name, real] of descriptions) {
  t.test(`parseSessionDescription -> ${name} -> accepted`, async t => {
    const parsed = parseSessionDescription(real, real.type === 'answer' ? offer : undefined)
    t.equal(parsed.candidates.length, real.sdp.match(/^a=candidate:/gm)!.length)
    t.notMatch(parsed.lines.join('\n'), 'candidate')
    t.equal(formatSessionDescription(parsed, parsed.candidates), [...withoutCandidateLines(real.sdp), ...parsed.candidates.map(value => `a=candidate:${value}`), ''].join('\r\n'))
  })
}

const ACCEPTED: Record<string, string> = {
  'LF alone ends the lines': offer.replaceAll('\r\n', '\n'),
  'no end of the last line': offer.trimEnd(),
  'passive offer': withAttribute(offer, 'setup', 'passive'),
  'active offer': withAttribute(offer, 'setup', 'active'),
  'no max-message-size': withAttribute(offer, 'max-message-size', undefined),
  'max-message-size of 19 digits': withAttribute(offer, 'max-message-size', '9223372036854775807'),
  'another sctp-port': withAttribute(offer, 'sctp-port', '65535'),
  'a mid of every kind of character': withAttribute(offer, 'mid', "Az09!#$%&'*+.^_`{|}~-"),
  'lowercase fingerprint': withAttribute(offer, 'fingerprint', FINGERPRINT),
  'SHA-256 in capitals': withAttribute(offer, 'fingerprint', FINGERPRINT.replace('sha', 'SHA')),
  'the same fingerprint twice': withLines(withAttribute(offer, 'fingerprint', FINGERPRINT), `a=fingerprint:${FINGERPRINT}`),
  'fingerprint, ufrag, pwd and setup of the session': 'v=0\r\n' +
    ['fingerprint', 'ice-ufrag', 'ice-pwd', 'setup'].map(name => `${new RegExp(`^a=${name}:.*`, 'm').exec(offer)}\r\n`).join('') +
    ['fingerprint', 'ice-ufrag', 'ice-pwd', 'setup'].reduce((sdp, name) => withAttribute(sdp, name, undefined), offer).replace('v=0\r\n', ''),
  'a line of 1024 characters': withLines(offer, `a=${'x'.repeat(1022)}`),
  'text beyond ASCII': offer.replace('s=-', 's=Größe 😀'),
  'as many bytes as there may be': padded(offer, MAX_SDP_LENGTH),
  'more bytes, of candidates': withLines(offer, ...Array(400).fill('a=candidate:1 1 udp 1 name.local 9 typ host'))
}

for (const [name, sdp] of Object.entries(ACCEPTED)) {
  t.test(`parseSessionDescription -> an offer with ${name} -> accepted`, async t => {
    const { lines } = parseSessionDescription({ type: 'offer', sdp })
    t.equal(lines[0], 'v=0')
  })
}

const REFUSED: Record<string, [type: WebRtcSessionDescription['type'], sdp: string, message: RegExp]> = {
  'no SDP': ['offer', 'hello', /found another in line 1$/],
  'an empty line': ['offer', offer.replace('s=-\r\n', 's=-\r\n\r\n'), /line 4$/],
  'a lone CR in a line': ['offer', offer.replace('s=-', 's=a\rb'), /line 3$/],
  'a NUL': ['offer', offer.replace('s=-', 's=\0'), /line 3$/],
  'a tab': ['offer', offer.replace('s=-', 's=\t'), /line 3$/],
  DEL: ['offer', offer.replace('s=-', 's=\x7f'), /line 3$/],
  'a line without a value': ['offer', offer.replace('s=-', 's='), /line 3$/],
  'a line that begins with a space': ['offer', offer.replace('s=-', ' s=-'), /line 3$/],
  'a capital letter for the line': ['offer', offer.replace('a=mid', 'A=mid'), /expected lines of a letter/],
  'a line of 1025 characters': ['offer', withLines(offer, `a=${'x'.repeat(1023)}`), /up to 1024 characters/],
  'no version': ['offer', offer.replace('v=0\r\n', ''), /expected v=0 in the first line/],
  'another version': ['offer', offer.replace('v=0', 'v=1'), /expected v=0/],
  'too many bytes beside the candidates': ['offer', padded(offer, MAX_SDP_LENGTH + 1), /expected at most 16384 bytes beside the candidates, found 16385$/],
  'too many bytes in few characters': ['offer', padded(offer, MAX_SDP_LENGTH).replace(/x{400}/, 'é'.repeat(400)), /found 16784$/],

  'no media section': ['offer', offer.replace(/m=[\s\S]*/, ''), /one media section, for data channels, found 0$/],
  'a second data section': ['offer', withLines(offer, 'm=application 9 UDP/DTLS/SCTP webrtc-datachannel'), /found 2$/],
  'an audio section behind it': ['offer', withLines(offer, ...AUDIO), /found 2$/],
  'audio alone': ['offer', offer.replace(/^m=.*$/m, AUDIO[0]!), /expected m=application with UDP\/DTLS\/SCTP webrtc-datachannel, found m=audio$/],
  'data channels as they were before RFC 8841': ['offer', offer.replace(/^m=.*$/m, 'm=application 9 DTLS/SCTP 5000'), /expected m=application with UDP\/DTLS\/SCTP webrtc-datachannel, found another$/],
  'data channels over TCP': ['offer', offer.replace('UDP/DTLS', 'TCP/DTLS'), /found another$/],
  'a rejected section': ['offer', offer.replace('m=application 9', 'm=application 0'), /not rejected, found port 0$/],
  'an m-line without formats': ['offer', offer.replace(' webrtc-datachannel', ''), /expected m=kind port protocol format$/],
  'a port that is none': ['offer', offer.replace('m=application 9', 'm=application 65536'), /expected m=kind port protocol format$/],
  'a range of ports': ['offer', offer.replace('m=application 9', 'm=application 9/2'), /expected m=kind port protocol format$/],

  'no ice-ufrag': ['offer', withAttribute(offer, 'ice-ufrag', undefined), /expected ice-ufrag of 4 to 256 ice-chars, found none$/],
  'an ice-ufrag of 3 characters': ['offer', withAttribute(offer, 'ice-ufrag', 'abc'), /ice-ufrag of 4 to 256 ice-chars, found another$/],
  'an ice-ufrag of 257 characters': ['offer', withAttribute(offer, 'ice-ufrag', 'a'.repeat(257)), /ice-ufrag/],
  'an ice-ufrag of other characters': ['offer', withAttribute(offer, 'ice-ufrag', 'ab:cd'), /ice-ufrag/],
  'two ice-ufrags': ['offer', withLines(offer, 'a=ice-ufrag:abcd'), /expected one ice-ufrag, found 2$/],
  'no ice-pwd': ['offer', withAttribute(offer, 'ice-pwd', undefined), /expected ice-pwd of 22 to 256 ice-chars, found none$/],
  'an ice-pwd of 21 characters': ['offer', withAttribute(offer, 'ice-pwd', 'a'.repeat(21)), /ice-pwd/],
  'no fingerprint': ['offer', withAttribute(offer, 'fingerprint', undefined), /expected a sha-256 fingerprint, found none$/],
  'a sha-1 fingerprint': ['offer', withAttribute(offer, 'fingerprint', `sha-1 ${Array(20).fill('0A').join(':')}`), /expected a sha-256 fingerprint, found none$/],
  'a fingerprint of 31 bytes': ['offer', withAttribute(offer, 'fingerprint', FINGERPRINT.slice(0, -3)), /expected a sha-256 fingerprint, found another$/],
  'another fingerprint': ['offer', withLines(offer, `a=fingerprint:${FINGERPRINT}`), /expected one fingerprint, found 2$/],
  'no mid': ['offer', withAttribute(offer, 'mid', undefined), /expected a mid, found none$/],
  'a mid with a space': ['offer', withAttribute(offer, 'mid', '0 1'), /expected a mid, found another$/],
  'a mid of 65 characters': ['offer', withAttribute(offer, 'mid', 'm'.repeat(65)), /expected a mid/],
  'no sctp-port': ['offer', withAttribute(offer, 'sctp-port', undefined), /expected an sctp-port, found none$/],
  'a negative sctp-port': ['offer', withAttribute(offer, 'sctp-port', '-1'), /expected an sctp-port, found another$/],
  'a max-message-size in words': ['offer', withAttribute(offer, 'max-message-size', 'large'), /expected a max-message-size in bytes/],
  'a max-message-size of 20 digits': ['offer', withAttribute(offer, 'max-message-size', '1'.repeat(20)), /expected a max-message-size in bytes/],
  'no setup': ['offer', withAttribute(offer, 'setup', undefined), /expected setup that an offer may have, found none$/],
  'setup:holdconn': ['offer', withAttribute(offer, 'setup', 'holdconn'), /expected setup that an offer may have, found another$/],
  'setup:actpass in an answer': ['answer', withAttribute(answer, 'setup', 'actpass'), /expected setup that an answer may have, found another$/],
  'another mid than the offer': ['answer', withAttribute(answer, 'mid', 'data'), /expected the offer's mid 0, found another$/],
  'one section more than the offer': ['answer', withLines(answer, ...AUDIO), /expected one media section/]
}

for (const [name, [type, sdp, message]] of Object.entries(REFUSED)) {
  t.test(`parseSessionDescription -> an ${type} with ${name} -> refused`, async t => {
    t.throws(() => parseSessionDescription({ type, sdp }, type === 'answer' ? offer : undefined), { code: 'FST_WEBRTC_INVALID_DESCRIPTION', statusCode: 400, message })
  })
}

t.test('parseSessionDescription -> what the native side must not see -> left out of the lines', async t => {
  const sdp = withLines(offer, 'a=candidate', 'a=candidate ', 'a=candidate:', 'a=end-of-candidates', 'a=end-of-candidates:', 'a=fingerprint:sha-1 00', 'a=fingerprint:md5 00', 'a=candidates-of-another-kind')
  const { lines, candidates } = parseSessionDescription({ type: 'offer', sdp })
  t.strictSame(lines.slice(-2), ['a=max-message-size:262144', 'a=candidates-of-another-kind'])
  t.equal(candidates.at(-1), '')
  t.notMatch(lines.join('\n'), /a=candidate\b|end-of-candidates|sha-1|md5/)
})

function withoutCandidateLines (sdp: string): string[] {
  return sdp.trimEnd().split('\r\n').filter(line => !/^a=(candidate|end-of)/.test(line))
}

/** With lines that mean nothing, to the given length without candidates. */
function padded (sdp: string, length: number): string {
  const bare = [...withoutCandidateLines(sdp), ''].join('\r\n')
  const missing = length - bare.length
  const lines = Array.from({ length: Math.ceil(missing / 1000) }, (_, index) => `a=${'x'.repeat(Math.min(1000, missing - index * 1000) - 4)}`)
  return withLines(bare, ...lines)
}

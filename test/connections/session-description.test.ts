import t from 'tap'
import { formatSessionDescription, MAX_SDP_LENGTH, parseSessionDescription } from '../../plugin/connections/session-description.js'
import type { WebRtcSessionDescription } from '../../plugin/index.js'
import { description, descriptions, withAttribute, withLines } from '../helpers/descriptions.js'

const offer = description('chromium-offer').sdp
const answer = description('chromium-answer').sdp
const mediaOffer = description('media-offer').sdp
const mediaAnswer = description('chromium-media-answer').sdp
const av = description('chromium-media-offer').sdp
const FINGERPRINT = `sha-256 ${Array(32).fill('0a').join(':')}`
const AUDIO = ['m=audio 0 UDP/TLS/RTP/SAVPF 111', 'c=IN IP4 0.0.0.0', 'a=mid:1']

for (const [name, real] of descriptions) {
  t.test(`parseSessionDescription -> ${name} -> accepted`, async t => {
    const parsed = parseSessionDescription(real, real.type === 'answer' ? { offer: name.includes('media') ? mediaOffer : offer } : {})
    const sections = real.sdp.split(/^(?=m=)/m)
    t.equal(parsed.candidates.length, sections[1]!.match(/^a=candidate:/gm)!.length)
    t.notMatch(parsed.lines.join('\n'), 'candidate')
    const formatted = formatSessionDescription(parsed, parsed.candidates)
    t.strictSame(withoutCandidateLines(formatted), withoutCandidateLines(real.sdp))
    t.strictSame(formatted.split(/^(?=m=)/m)[1]!.match(/^a=candidate:.*/gm)?.map(line => line.slice('a=candidate:'.length)), parsed.candidates)
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

const ACCEPTED_MEDIA: Record<string, string> = {
  'a section that is rejected': inSection(av, 'audio', section => section.replace('m=audio 9', 'm=audio 0')).replace('BUNDLE 0 1 2', 'BUNDLE 1 2'),
  'a section that others carry': inSection(av, 'video', section => section.replace('m=video 9', 'm=video 0') + 'a=bundle-only\r\n'),
  'audio and video alone': inSection(av, 'application', () => '').replace('BUNDLE 0 1 2', 'BUNDLE 0 1'),
  'no direction': av.replaceAll('a=sendrecv\r\n', ''),
  'another group': av.replace('a=group:BUNDLE 0 1 2', 'a=group:LS 0 1\r\na=group:BUNDLE 0 1 2')
}

for (const [name, sdp] of Object.entries(ACCEPTED_MEDIA)) {
  t.test(`parseSessionDescription -> audio and video with ${name} -> accepted`, async t => {
    t.ok(parseSessionDescription({ type: 'offer', sdp }).lines.length > 50)
  })
}

const REFUSED_MEDIA: Record<string, [sdp: string, message: RegExp]> = {
  'every section rejected': [av.replace(/^m=(\w+) 9/gm, 'm=$1 0'), /a media section that is not rejected, found none$/],
  'more sections than there may be': [withLines(av, ...Array.from({ length: 30 }, (_, index) => [`m=audio 0 UDP/TLS/RTP/SAVPF 0\r\na=mid:x${index}`]).flat()), /1 to 32 media sections, found 33$/],
  'another protocol': [av.replace('m=video 9 UDP/TLS/RTP/SAVPF', 'm=video 9 RTP/AVP'), /expected m=video with UDP\/TLS\/RTP\/SAVPF, found another$/],
  'a mid twice': [av.replace('a=mid:1', 'a=mid:0'), /a mid of its own for each section, found one twice$/],
  'no group of BUNDLE': [av.replace(/a=group:BUNDLE.*\r\n/, ''), /expected one group of BUNDLE, found none$/],
  'two groups of BUNDLE': [av.replace('a=group:BUNDLE 0 1 2', 'a=group:BUNDLE 0 1\r\na=group:BUNDLE 2'), /expected one group of BUNDLE, found more$/],
  'a section that is not in the bundle': [av.replace('BUNDLE 0 1 2', 'BUNDLE 0 1'), /every section in the group of BUNDLE, found one that is not$/],
  'a format that is no payload type': [av.replace(/^(m=audio .*)$/m, '$1 128'), /up to 64 payload types, found another format$/],
  'a format in words': [av.replace(/^(m=audio .*)$/m, '$1 x'), /up to 64 payload types, found another format$/],
  'a payload type twice': [av.replace(/^(m=audio .*)$/m, '$1 111'), /each payload type once in a section, found one twice$/],
  'too many formats': [av.replace(/^(m=audio .*)$/m, `$1${Array.from({ length: 64 }, (_, index) => ` ${index}`).join('')}`), /up to 64 payload types/],
  'too many lines': [inSection(av, 'audio', section => section + 'a=x\r\n'.repeat(256)), /at most 256 lines in a section, found \d+$/],
  'no rtcp-mux': [inSection(av, 'video', section => section.replace('a=rtcp-mux\r\n', '')), /expected rtcp-mux, found none$/],
  'two directions': [inSection(av, 'audio', section => section + 'a=inactive\r\n'), /one direction in a section, found more$/],
  'an rtpmap without a clock rate': [inSection(av, 'audio', section => section + 'a=rtpmap:100 opus\r\n'), /expected rtpmap as its standard has it/],
  'an fmtp that is long': [inSection(av, 'audio', section => section + `a=fmtp:100 ${'x'.repeat(257)}\r\n`), /expected fmtp as its standard has it/],
  'an rtcp-fb of nothing': [inSection(av, 'audio', section => section + 'a=rtcp-fb:x nack\r\n'), /expected rtcp-fb as its standard has it/],
  'an extmap without a number': [inSection(av, 'audio', section => section + 'a=extmap:x urn:x\r\n'), /expected extmap as its standard has it/],
  'too many extmaps': [inSection(av, 'audio', section => section + 'a=extmap:20 urn:x\r\n'.repeat(32)), /at most 32 extmap in a section/],
  'an ssrc in words': [inSection(av, 'audio', section => section + 'a=ssrc:x cname:x\r\n'), /expected ssrc as its standard has it/],
  'an ssrc of 33 bits': [inSection(av, 'audio', section => section + 'a=ssrc:4294967296 cname:x\r\n'), /up to 16 sources of 32 bits/],
  'too many ssrcs': [inSection(av, 'audio', section => section + Array.from({ length: 17 }, (_, index) => `a=ssrc:${index + 1} cname:x\r\n`).join('')), /up to 16 sources of 32 bits/],
  'two rtpmaps of a payload type': [inSection(av, 'audio', section => section + 'a=rtpmap:111 opus/48000/2\r\n'), /one rtpmap for a payload type, found more$/],
  'a payload type that means two things': [inSection(av, 'video', section => section + 'a=rtpmap:111 VP8/90000\r\n'), /a payload type to mean the same in every section/]
}

for (const [name, [sdp, message]] of Object.entries(REFUSED_MEDIA)) {
  t.test(`parseSessionDescription -> audio and video with ${name} -> refused`, async t => {
    t.throws(() => parseSessionDescription({ type: 'offer', sdp }), { code: 'FST_WEBRTC_INVALID_DESCRIPTION', message })
  })
}

const REFUSED_ANSWERS: Record<string, [sdp: string, message: RegExp, offer?: string]> = {
  'fewer sections': [inSection(mediaAnswer, 'video', () => '').replace(' s1', ''), /the offer's 3 media sections, found 2$/],
  'another kind': [mediaAnswer.replace('m=audio', 'm=video').replace('111 opus/48000/2', '111 opus/90000'), /the offer's kinds of sections in its order, found another$/],
  'the mids in another order': [mediaAnswer.replace('a=mid:s0', 'a=mid:x').replace('a=mid:s1', 'a=mid:s0').replace('a=mid:x', 'a=mid:s1'), /the offer's mids in its order, found another$/],
  'a payload type that was not offered': [mediaAnswer.replace('SAVPF 111', 'SAVPF 111 112'), /the offer's payload types, found another$/],
  'a rejected data section': [mediaAnswer.replace('m=application 9', 'm=application 0'), /a data section that is not rejected, found port 0$/],
  'a section that the offer rejects': [mediaAnswer, /expected a section to be rejected that the offer rejects$/, mediaOffer.replace('m=video 9', 'm=video 0')]
}

for (const [name, [sdp, message, to = mediaOffer]] of Object.entries(REFUSED_ANSWERS)) {
  t.test(`parseSessionDescription -> an answer with ${name} -> refused`, async t => {
    t.throws(() => parseSessionDescription({ type: 'answer', sdp }, { offer: to }), { code: 'FST_WEBRTC_INVALID_DESCRIPTION', message })
  })
}

t.test('parseSessionDescription -> an answer that rejects audio and video -> accepted', async t => {
  const sdp = mediaAnswer.replace('m=audio 9', 'm=audio 0').replace('m=video 9', 'm=video 0').replace(' s0 s1', '')
  t.ok(parseSessionDescription({ type: 'answer', sdp }, { offer: mediaOffer }))
})

const REFUSED_SUCCESSORS: Record<string, [sdp: string, message: RegExp]> = {
  'fewer sections': [inSection(av, 'application', () => '').replace('BUNDLE 0 1 2', 'BUNDLE 0 1'), /expected the 3 media sections that there were, found 2$/],
  'another ice-ufrag': [av.replaceAll(/a=ice-ufrag:.*/g, 'a=ice-ufrag:other'), /expected the ice-ufrag that there was: ICE is not restarted here$/],
  'another ice-pwd': [av.replaceAll(/a=ice-pwd:.*/g, `a=ice-pwd:${'x'.repeat(30)}`), /expected the ice-pwd that there was/],
  'another fingerprint': [av.replaceAll(/a=fingerprint:.*/g, `a=fingerprint:${FINGERPRINT}`), /expected the fingerprint that there was/],
  'another mid': [av.replace('a=mid:1', 'a=mid:7').replace('BUNDLE 0 1 2', 'BUNDLE 0 7 2'), /expected the media sections that there were in their order, found another$/],
  'a rejected data section': [av.replace('m=application 9', 'm=application 0').replace('BUNDLE 0 1 2', 'BUNDLE 0 1'), /expected the data section to stay as it was$/]
}

for (const [name, [sdp, message]] of Object.entries(REFUSED_SUCCESSORS)) {
  t.test(`parseSessionDescription -> later, ${name} -> refused`, async t => {
    t.throws(() => parseSessionDescription({ type: 'offer', sdp }, { previous: av, local: av }), { code: 'FST_WEBRTC_INVALID_DESCRIPTION', message })
  })
}

t.test('parseSessionDescription -> later, another section in the place of a rejected one -> accepted', async t => {
  const rejected = av.replace('m=video 9', 'm=video 0').replace('BUNDLE 0 1 2', 'BUNDLE 0 2')
  t.ok(parseSessionDescription({ type: 'offer', sdp: rejected }, { previous: av, local: av }))
  const used = av.replace('a=mid:1', 'a=mid:3').replace('BUNDLE 0 1 2', 'BUNDLE 0 3 2')
  t.ok(parseSessionDescription({ type: 'offer', sdp: used }, { previous: rejected, local: rejected }))
  t.ok(parseSessionDescription({ type: 'offer', sdp: used }, { previous: av, local: rejected }), 'this end has rejected it')
})

t.test('parseSessionDescription -> later, a data section that this end has rejected -> may be rejected or not', async t => {
  const local = av.replace('m=application 9', 'm=application 0').replace('BUNDLE 0 1 2', 'BUNDLE 0 1')
  for (const sdp of [av, local]) t.ok(parseSessionDescription({ type: 'offer', sdp }, { previous: av, local }))
})

t.test('parseSessionDescription -> an answer to an offer that uses a section again which this end had rejected -> accepted', async t => {
  const mid = /a=mid:(.*)/.exec(mediaAnswer.slice(mediaAnswer.indexOf('m=video')))![1]!
  const previous = mediaAnswer.replace(`a=mid:${mid}\r`, 'a=mid:before\r').replace(` ${mid}`, ' before')
  t.ok(parseSessionDescription({ type: 'answer', sdp: mediaAnswer }, { offer: mediaOffer, previous }))
})

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

  'no media section': ['offer', offer.replace(/m=[\s\S]*/, ''), /1 to 32 media sections, found 0$/],
  'a second data section': ['offer', withLines(offer, 'm=application 9 UDP/DTLS/SCTP webrtc-datachannel'), /expected one section for data channels, found more$/],
  'another kind': ['offer', offer.replace('m=application', 'm=text'), /expected audio, video and application as kinds of sections, found another$/],
  'data channels as they were before RFC 8841': ['offer', offer.replace(/^m=.*$/m, 'm=application 9 DTLS/SCTP 5000'), /expected m=application with UDP\/DTLS\/SCTP webrtc-datachannel, found another$/],
  'data channels over TCP': ['offer', offer.replace('UDP/DTLS', 'TCP/DTLS'), /found another$/],
  'a rejected section': ['offer', offer.replace('m=application 9', 'm=application 0'), /expected a media section that is not rejected, found none$/],
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
  'another mid than the offer': ['answer', withAttribute(answer, 'mid', 'data'), /expected the offer's mids in its order, found another$/],
  'one section more than the offer': ['answer', withLines(answer, ...AUDIO), /expected the offer's 1 media sections, found 2$/]
}

for (const [name, [type, sdp, message]] of Object.entries(REFUSED)) {
  t.test(`parseSessionDescription -> an ${type} with ${name} -> refused`, async t => {
    t.throws(() => parseSessionDescription({ type, sdp }, type === 'answer' ? { offer } : {}), { code: 'FST_WEBRTC_INVALID_DESCRIPTION', statusCode: 400, message })
  })
}

t.test('parseSessionDescription -> what the native side must not see -> left out of the lines', async t => {
  const sdp = withLines(offer, 'a=candidate', 'a=candidate ', 'a=candidate:', 'a=end-of-candidates', 'a=end-of-candidates:', 'a=fingerprint:sha-1 00', 'a=fingerprint:md5 00', 'a=candidates-of-another-kind')
  const { lines, candidates } = parseSessionDescription({ type: 'offer', sdp })
  t.strictSame(lines.slice(-2), ['a=max-message-size:262144', 'a=candidates-of-another-kind'])
  t.equal(candidates.at(-1), '')
  t.notMatch(lines.join('\n'), /a=candidate\b|end-of-candidates|sha-1|md5/)
})

/** The SDP with something done to its section of the kind. */
function inSection (sdp: string, kind: string, edit: (section: string) => string): string {
  return sdp.split(/^(?=m=)/m).map(section => section.startsWith(`m=${kind}`) ? edit(section) : section).join('')
}

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

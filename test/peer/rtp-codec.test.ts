import t from 'tap'
import { codecsToOffer, isSameCodec, readCodecs, supportedCodec } from '../../plugin/peer/rtp-codec.js'
import { parseSdpSections } from '../../plugin/peer/sdp-sections.js'

function section (...lines: string[]) {
  return parseSdpSections(lines).sections[0]!
}

t.test('readCodecs -> those that are known -> in the order of the section, with the far end\'s parameters', async t => {
  const video = section(
    'm=video 9 UDP/TLS/RTP/SAVPF 120 97 45 35 36 37 121 99',
    'a=rtpmap:120 vp8/90000', 'a=rtcp-fb:120 nack', 'a=rtcp-fb:120 nack pli', 'a=rtcp-fb:120 transport-cc',
    'a=rtpmap:97 rtx/90000', 'a=fmtp:97 apt=120',
    'a=rtpmap:45 AV1/90000',
    'a=rtpmap:35 H264/90000', 'a=fmtp:35 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f', 'a=rtcp-fb:* ccm fir',
    'a=rtpmap:36 H264/90000', 'a=fmtp:36 packetization-mode=0;profile-level-id=42001f',
    'a=rtpmap:37 H264/90000', 'a=fmtp:37 profile-level-id=64001f;packetization-mode=1',
    'a=rtpmap:121 VP8/8000'
  )
  t.strictSame(readCodecs('video', video), [
    { payloadType: 120, mimeType: 'video/VP8', clockRate: 90000, sdpFmtpLine: undefined, feedback: ['ccm fir', 'nack', 'nack pli'] },
    { payloadType: 35, mimeType: 'video/H264', clockRate: 90000, sdpFmtpLine: 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f', feedback: ['ccm fir'] }
  ])
})

t.test('readCodecs -> audio -> Opus in stereo alone', async t => {
  const audio = section('m=audio 9 UDP/TLS/RTP/SAVPF 109 0 8', 'a=rtpmap:109 OPUS/48000/2', 'a=rtpmap:0 PCMU/8000', 'a=rtpmap:8 opus/48000', 'a=fmtp:109 stereo=1')
  t.strictSame(readCodecs('audio', audio), [{ payloadType: 109, mimeType: 'audio/opus', clockRate: 48000, channels: 2, sdpFmtpLine: 'stereo=1', feedback: [] }])
})

t.test('codecsToOffer -> payload types that mean something else -> others; codecs that have one -> theirs', async t => {
  t.strictSame(codecsToOffer('video', []).map(({ payloadType }) => payloadType), [96, 103])
  const opus = { ...supportedCodec('audio'), payloadType: 96 }
  const h264 = { ...supportedCodec('video', 'video/h264'), payloadType: 97 }
  t.strictSame(codecsToOffer('video', [opus, h264]).map(({ mimeType, payloadType }) => `${mimeType} ${payloadType}`), ['video/VP8 98', 'video/H264 97'])
  t.equal(codecsToOffer('audio', [opus])[0], opus)
})

t.test('isSameCodec -> H264 -> by profile and mode, whose defaults are baseline and 0', async t => {
  const mimeType = 'video/H264'
  t.ok(isSameCodec({ mimeType }, { mimeType: 'video/h264', sdpFmtpLine: 'packetization-mode=0; profile-level-id=42e01f' }))
  t.notOk(isSameCodec({ mimeType }, { mimeType, sdpFmtpLine: 'x=1; packetization-mode=1' }))
})

t.test('supportedCodec -> a name that is not known -> a TypeError that says which are', async t => {
  t.throws(() => supportedCodec('video', 'video/VP9'), { name: 'TypeError', message: 'expected one of video/VP8, video/H264, found another mimeType' })
})

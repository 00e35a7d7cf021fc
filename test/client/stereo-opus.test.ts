import t from 'tap'
import { enableStereoOpus } from '../../generated-client/stereo-opus.js'

const AUDIO = ['m=audio 9 UDP/TLS/RTP/SAVPF 111 63', 'a=rtpmap:111 opus/48000/2', 'a=fmtp:111 minptime=10;useinbandfec=1', 'a=rtpmap:63 red/48000/2', 'a=fmtp:63 111/111', '']

t.test('enableStereoOpus puts stereo=1 into the format parameters of Opus and of nothing else', async t => {
  const sdp = enableStereoOpus(AUDIO.join('\r\n'))
  t.match(sdp, 'a=fmtp:111 stereo=1;minptime=10;useinbandfec=1\r\n')
  t.match(sdp, 'a=fmtp:63 111/111\r\n')
})

t.test('enableStereoOpus leaves a description alone that asks for stereo already', async t => {
  const sdp = enableStereoOpus(AUDIO.join('\r\n'))
  t.equal(enableStereoOpus(sdp), sdp)
})

t.test('enableStereoOpus leaves a description without Opus alone', async t => {
  t.equal(enableStereoOpus('v=0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n'), 'v=0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n')
})

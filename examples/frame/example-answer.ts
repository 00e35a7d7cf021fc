/** An answer to the offer of a peer with channels alone, for Swagger UI: the server takes it, and nobody is at the other end. */
export const EXAMPLE_ANSWER = {
  type: 'answer',
  sdp: [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0',
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'c=IN IP4 0.0.0.0',
    'a=ice-ufrag:abcd',
    'a=ice-pwd:abcdefghijklmnopqrstuvwx',
    `a=fingerprint:sha-256 ${Array(32).fill('AB').join(':')}`,
    'a=setup:active',
    'a=mid:0',
    'a=sctp-port:5000',
    ''
  ].join('\r\n')
}

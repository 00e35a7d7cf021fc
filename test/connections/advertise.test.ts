import t from 'tap'
import { advertise } from '../../plugin/connections/advertise.js'

const SDP = [
  'v=0',
  'm=application 41998 UDP/DTLS/SCTP webrtc-datachannel',
  'c=IN IP4 10.0.0.5',
  'a=candidate:1 1 UDP 2114977791 10.0.0.5 41998 typ host',
  'a=candidate:2 1 UDP 2114977535 fd00::2 41998 typ host',
  'a=candidate:3 1 UDP 2114977279 172.17.0.1 41999 typ host',
  'a=candidate:4 1 UDP 1678769919 198.51.100.7 41998 typ srflx raddr 10.0.0.5 rport 41998',
  'a=end-of-candidates',
  ''
].join('\r\n')

const candidates = (sdp: string) => sdp.split('\r\n').filter(line => line.startsWith('a=candidate'))

t.test('advertise -> an address -> in every host candidate, the same place once', async t => {
  const sdp = advertise(SDP, { address: '203.0.113.1' })
  t.strictSame(candidates(sdp), [
    'a=candidate:1 1 UDP 2114977791 203.0.113.1 41998 typ host',
    'a=candidate:3 1 UDP 2114977279 203.0.113.1 41999 typ host',
    'a=candidate:4 1 UDP 1678769919 198.51.100.7 41998 typ srflx raddr 10.0.0.5 rport 41998'
  ])
  t.match(sdp, 'c=IN IP4 203.0.113.1\r\n')
  t.match(sdp, 'a=end-of-candidates\r\n')
})

t.test('advertise -> an address and a port -> one host candidate', async t => {
  t.strictSame(candidates(advertise(SDP, { address: '203.0.113.1', port: 5000 })), [
    'a=candidate:1 1 UDP 2114977791 203.0.113.1 5000 typ host',
    'a=candidate:4 1 UDP 1678769919 198.51.100.7 41998 typ srflx raddr 10.0.0.5 rport 41998'
  ])
})

t.test('advertise -> an IPv6 address -> its family in the connection line', async t => {
  const sdp = advertise(SDP, { address: '2001:db8::1' })
  t.match(sdp, 'c=IN IP6 2001:db8::1\r\n')
  t.equal(candidates(sdp)[0], 'a=candidate:1 1 UDP 2114977791 2001:db8::1 41998 typ host')
})

t.test('advertise -> an SDP without candidates -> the rest as it was', async t => {
  const sdp = 'v=0\r\ns=-\r\n'
  t.equal(advertise(sdp, { address: '203.0.113.1' }), sdp)
})

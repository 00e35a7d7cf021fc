import t from 'tap'
import { toNativeIceServers } from '../../plugin/peer/ice-servers.js'
import { createPeer } from '../helpers/peers.js'

const STUN = {
  'stun:stun.example.org': 'stun:stun.example.org:3478',
  'stun:stun.example.org:19302': 'stun:stun.example.org:19302',
  'STUN:Stun.Example.org:1': 'stun:Stun.Example.org:1',
  'stun:192.0.2.1': 'stun:192.0.2.1:3478',
  'stun:[2001:db8::1]': 'stun:[2001:db8::1]:3478',
  'stun:[2001:db8::1]:5000': 'stun:[2001:db8::1]:5000',
  'stun:stun.example.org?transport=udp': 'stun:stun.example.org:3478'
}

for (const [url, expected] of Object.entries(STUN)) {
  t.test(`toNativeIceServers with ${url} gives ${expected}`, async t => {
    t.same(toNativeIceServers([{ urls: url }]), [expected])
  })
}

const TURN = {
  'turn:turn.example.org': { hostname: 'turn.example.org', port: 3478 },
  'turn:turn.example.org:5000?transport=udp': { hostname: 'turn.example.org', port: 5000 },
  'turn:[2001:db8::1]:5000': { hostname: '2001:db8::1', port: 5000 }
}

for (const [url, expected] of Object.entries(TURN)) {
  t.test(`toNativeIceServers with ${url} and credentials gives ${expected.hostname}, port ${expected.port}`, async t => {
    const [server] = toNativeIceServers([{ urls: url, username: 'user', credential: 'secret' }])
    t.same(server, { ...expected, username: 'user', password: 'secret', relayType: 'TurnUdp' })
  })
}

t.test('toNativeIceServers with several servers and lists of URLs keeps all of them, in order', async t => {
  const servers = toNativeIceServers([{ urls: ['stun:one', 'stun:two:2'] }, { urls: 'turn:three', username: 'user', credential: 'secret' }, { urls: [] }])
  t.match(servers, ['stun:one:3478', 'stun:two:2', { hostname: 'three' }])
  t.equal(servers.length, 3)
  t.same(toNativeIceServers([]), [])
})

const REFUSED = {
  'a URL of another scheme': 'http://stun.example.org',
  'TLS, which the library does not speak': 'turns:turn.example.org',
  'STUN over TLS': 'stuns:stun.example.org',
  'TCP, which the library does not speak': 'turn:turn.example.org?transport=tcp',
  'no host': 'stun:',
  'a path': 'stun:stun.example.org/path',
  'a port that is no number': 'stun:stun.example.org:port',
  'a port of six digits': 'stun:stun.example.org:347800',
  'a port beyond 65535': 'stun:stun.example.org:65536',
  'an empty string': '',
  'something else than a string': 3478 as unknown as string
}

for (const [name, urls] of Object.entries(REFUSED)) {
  t.test(`toNativeIceServers with ${name} throws a TypeError that says what was expected`, async t => {
    t.throws(() => toNativeIceServers([{ urls, username: 'user', credential: 'secret' }]), { name: 'TypeError', message: `expected stun:host:port or turn:host:port over UDP, found ${JSON.stringify(String(urls))}` })
  })
}

t.test('toNativeIceServers with a secret in a URL throws a TypeError without it', async t => {
  for (const url of ['turn:user:secret@turn.example.org', 'turn://user:secret@turn.example.org', 'secret@turn.example.org', 'turn:secret\n@secret@turn.example.org']) {
    t.throws(() => toNativeIceServers([{ urls: url }]), { message: /found "(turn:)?…@turn\.example\.org"$/ })
  }
})

for (const [name, credentials] of Object.entries({ 'no username': { credential: 'secret' }, 'no credential': { username: 'user' }, neither: {} })) {
  t.test(`toNativeIceServers with a TURN server and ${name} throws a TypeError`, async t => {
    t.throws(() => toNativeIceServers([{ urls: 'turn:turn.example.org', ...credentials }]), { name: 'TypeError', message: 'expected username and credential beside "turn:turn.example.org"' })
  })
}

t.test('a peer with iceServers and iceTransportPolicy relay gathers no host candidate', async t => {
  const { peerConnection } = createPeer(t, { iceServers: [{ urls: 'turn:127.0.0.1:9', username: 'user', credential: 'secret' }], iceTransportPolicy: 'relay' })
  peerConnection.setLocalDescription()
  t.equal(peerConnection.iceGatheringState, 'gathering')
  t.notMatch(peerConnection.localDescription!.sdp, 'a=candidate')
})

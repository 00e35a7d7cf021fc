import t from 'tap'
import { toClientIceServers } from '../../plugin/connections/client-ice-servers.js'

const LOGIN = { username: 'user', credential: 'secret' }

const RIGHT: [given: object, told: object][] = [
  [{ urls: 'stun:stun.example.org' }, { urls: ['stun:stun.example.org'] }],
  [{ urls: ['STUNS:stun.example.org:5349', 'stun:[2001:db8::1]'], credentialType: 'password' }, { urls: ['STUNS:stun.example.org:5349', 'stun:[2001:db8::1]'] }],
  [{ urls: ['turn:192.0.2.1:3478?transport=udp', 'turns:turn.example.org?transport=tcp', 'stun:stun.example.org'], ...LOGIN }, { urls: ['turn:192.0.2.1:3478?transport=udp', 'turns:turn.example.org?transport=tcp', 'stun:stun.example.org'], ...LOGIN }]
]

for (const [given, told] of RIGHT) {
  t.test(`toClientIceServers with ${JSON.stringify(given)} -> its URLs in a list`, async t => {
    t.strictSame(toClientIceServers([given, given]), [told, told])
  })
}

t.test('toClientIceServers with an empty list -> an empty list', async t => {
  t.strictSame(toClientIceServers([]), [])
})

const URL = 'expected stun:host:port or turn:host:port, stuns or turns, found'
const WRONG: Record<string, [value: unknown, message: string]> = {
  nothing: [undefined, 'found none'],
  'a server without a list': [{ urls: 'stun:stun.example.org' }, 'found none'],
  'a server without urls': [[{ url: 'stun:stun.example.org' }], 'found one without urls'],
  'a server that is none': [[null], 'found one without urls'],
  'a server with no urls': [[{ urls: [] }], 'found one without urls'],
  'a URL of another scheme': [[{ urls: 'https://stun.example.org' }], `${URL} "https://stun.example.org"`],
  'something else than a URL': [[{ urls: ['stun:stun.example.org', 3478] }], `${URL} "3478"`],
  'an object that says it is one': [[{ urls: { toString: () => 'stun:stun.example.org' } }], `${URL} "stun:stun.example.org"`],
  'a port beyond 65535': [[{ urls: 'stun:stun.example.org:65536' }], `${URL} "stun:stun.example.org:65536"`],
  'a transport for STUN, which RFC 7064 does not have': [[{ urls: 'stun:stun.example.org?transport=udp' }], `${URL} "stun:stun.example.org?transport=udp"`],
  'a secret in a URL': [[{ urls: 'turn:user:secret@turn.example.org', ...LOGIN }], `${URL} "turn:…@turn.example.org"`],
  'TURN without a username': [[{ urls: 'turn:turn.example.org', credential: 'secret' }], 'expected username and credential beside "turn:turn.example.org"'],
  'TURN with an empty credential': [[{ urls: 'turns:turn.example.org', username: 'user', credential: '' }], 'expected username and credential beside "turns:turn.example.org"'],
  'TURN with a credential that is no text': [[{ urls: 'turn:turn.example.org', username: 'user', credential: 5 }], 'expected username and credential beside "turn:turn.example.org"']
}

for (const [name, [value, message]] of Object.entries(WRONG)) {
  t.test(`toClientIceServers with ${name} -> TypeError, without a credential`, async t => {
    t.throws(() => toClientIceServers(value), { name: 'TypeError', message })
  })
}

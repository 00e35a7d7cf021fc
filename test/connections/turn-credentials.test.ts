import { createHmac } from 'node:crypto'
import t from 'tap'
import { turnCredentials } from '../../plugin/index.js'

const SECRET = 'north'
const URLS = ['turn:turn.example.org', 'turns:turn.example.org:5349?transport=tcp']
const NOW = Date.UTC(2026, 10, 22)
const SECOND = NOW / 1000

t.beforeEach(t => { t.intercept(Date, 'now', { value: () => NOW }) })

t.test('turnCredentials -> without a principal -> the second at which they expire, and its HMAC', async t => {
  t.strictSame(turnCredentials({ urls: URLS, secret: SECRET, timeToLive: 1000 })({}, {}), [{ urls: URLS, username: String(SECOND + 1), credential: hmac(String(SECOND + 1)) }])
})

t.test('turnCredentials -> with a principal -> behind a colon', async t => {
  const [server] = turnCredentials({ urls: 'turn:turn.example.org', secret: SECRET, timeToLive: 1500 })({}, { principal: 'ada:1 é' })
  t.strictSame(server, { urls: 'turn:turn.example.org', username: `${SECOND + 2}:ada:1 é`, credential: hmac(`${SECOND + 2}:ada:1 é`) })
})

t.test('turnCredentials -> without a timeToLive -> a day', async t => {
  t.equal(turnCredentials({ urls: URLS, secret: SECRET })({}, {})[0]!.username, String(SECOND + 86_400))
})

t.test('turnCredentials -> another secret -> another credential', async t => {
  const [one, other] = [SECRET, 'south'].map(secret => turnCredentials({ urls: URLS, secret })({}, {})[0]!)
  t.equal(one!.username, other!.username)
  t.not(one!.credential, other!.credential)
})

t.test('turnCredentials -> a principal that is longer than a username may be -> RangeError without it', async t => {
  const make = turnCredentials({ urls: URLS, secret: SECRET })
  t.equal(make({}, { principal: 'a'.repeat(497) })[0]!.username!.length, 508)
  t.throws(() => make({}, { principal: 'é'.repeat(249) }), { name: 'RangeError', message: 'expected a principal of which a username of at most 508 bytes can be made' })
})

const WRONG: Record<string, [init: object, message: string]> = {
  'no secret': [{ urls: URLS }, 'Invalid option secret: expected a string that is not empty'],
  'an empty secret': [{ urls: URLS, secret: '' }, 'Invalid option secret: expected a string that is not empty'],
  'a timeToLive that is none': [{ urls: URLS, secret: SECRET, timeToLive: 0 }, 'Invalid option timeToLive: expected an integer from 1 to 2147483647 milliseconds, found 0'],
  'no urls': [{ secret: SECRET }, 'Invalid option urls: expected turn:host:port or turns:host:port: found one without urls'],
  'a secret in a URL': [{ urls: `turn:user:${SECRET}@turn.example.org`, secret: SECRET }, 'Invalid option urls: expected turn:host:port or turns:host:port: expected stun:host:port or turn:host:port, stuns or turns, found "turn:…@turn.example.org"']
}

for (const [name, [init, message]] of Object.entries(WRONG)) {
  t.test(`turnCredentials -> ${name} -> a sentence without the secret`, async t => {
    t.throws(() => turnCredentials(init as never), { code: 'FST_WEBRTC_INVALID_OPTION', message })
  })
}

function hmac (username: string): string {
  return createHmac('sha1', SECRET).update(username).digest('base64')
}

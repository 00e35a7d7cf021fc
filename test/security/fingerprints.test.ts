import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { description, withAttribute } from '../helpers/descriptions.js'
import { createFarEnd, offered } from '../helpers/handshake.js'
import { withoutCandidates } from '../helpers/native-peer.js'
import { createServer } from '../helpers/server.js'

const OTHER = `sha-256 ${Array(32).fill('AB').join(':')}`

t.test("an answer with another certificate's fingerprint -> the DTLS handshake fails, and the connection closes", async t => {
  const server = await createServer(t)
  const { connection: { id, localDescription }, farEnd, answer } = await offered(t, server)
  t.equal((await server.setRemoteDescription(id, withAttribute(answer, 'fingerprint', OTHER))).statusCode, 200)
  farEnd.addCandidates(localDescription!.sdp)
  await server.state(id, 'closed: peer')
  t.equal(server.connections.size, 0)
})

t.test("an offer with another certificate's fingerprint -> the DTLS handshake fails, and the connection closes", async t => {
  const server = await createServer(t)
  const farEnd = createFarEnd(t)
  const { id, localDescription } = await server.createConnection({ type: 'offer', sdp: withAttribute(withoutCandidates(farEnd.offer()), 'fingerprint', OTHER) })
  farEnd.applyAnswer(localDescription!.sdp)
  await server.state(id, 'closed: peer')
  t.equal(server.connections.size, 0)
})

const REFUSED: Record<string, string | undefined> = {
  'no fingerprint': undefined,
  'an md5 fingerprint': `md5 ${Array(16).fill('AB').join(':')}`,
  'a sha-1 fingerprint': `sha-1 ${Array(20).fill('AB').join(':')}`,
  'a sha-512 fingerprint alone': `sha-512 ${Array(64).fill('AB').join(':')}`,
  'a sha-256 fingerprint that is too short': OTHER.slice(0, -3),
  'a sha-1 fingerprint under the name of sha-256': `sha-256 ${Array(20).fill('AB').join(':')}`
}

for (const [name, value] of Object.entries(REFUSED)) {
  t.test(`an offer or an answer with ${name} -> 400`, async t => {
    const server = await createServer(t)
    const offer = description('chromium-offer').sdp
    const answer = description('chromium-answer').sdp
    const { id } = await server.createConnection()
    t.equal((await server.request('POST', '/connections', { remoteDescription: { type: 'offer', sdp: withAttribute(offer, 'fingerprint', value) } })).statusCode, 400)
    t.equal((await server.setRemoteDescription(id, withAttribute(answer, 'fingerprint', value))).statusCode, 400)
  })
}

t.test('plugin/ -> its sources -> the check of fingerprints is never switched off, and ICE over TCP never on', async t => {
  const sources = readdirSync('plugin', { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts')).map(name => readFileSync(join('plugin', name), 'utf8'))
  t.ok(sources.length > 20)
  t.strictSame(sources.filter(source => /disableFingerprintVerification|enableIceTcp/.test(source)), [])
})

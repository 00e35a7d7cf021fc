import fc from 'fast-check'
import t from 'tap'
import { MAX_REMOTE_CANDIDATES } from '../../plugin/connections/remote-candidates.js'
import { description, withLines } from '../helpers/descriptions.js'
import { replacePeerConnection } from '../helpers/peers.js'
import { createServer } from '../helpers/server.js'

const offer = description('libdatachannel-offer').sdp.replace(/^a=(candidate:.*|end-of-candidates)\r\n/gm, '')
const answer = description('libdatachannel-answer').sdp.replace(/^a=(candidate:.*|end-of-candidates)\r\n/gm, '')

const candidate = fc.record({
  foundation: fc.constantFrom('1', '2', 'a/+'),
  component: fc.constantFrom(1, 1, 1, 2),
  transport: fc.constantFrom('UDP', 'udp', 'UDP', 'TCP'),
  address: fc.oneof({ weight: 5, arbitrary: fc.tuple(fc.nat(255), fc.nat(255)).map(([third, last]) => `127.0.${third}.${last}`) }, fc.constantFrom('::1', '::ffff:127.0.0.1', 'name.local', 'name.test', '0x7f.1', '127.1')),
  port: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 65535 }) }, fc.constantFrom(0, 65536)),
  type: fc.constantFrom('host', 'srflx', 'prflx', 'relay', 'other')
}).map(({ foundation, component, transport, address, port, type }) => `a=candidate:${foundation} ${component} ${transport} 1 ${address} ${port} typ ${type}`)

t.test(`an offer or an answer with any candidates -> at most ${MAX_REMOTE_CANDIDATES} reach the native side, all in its one form, and none by addRemoteCandidate`, async t => {
  const given: string[] = []
  let added = 0
  replacePeerConnection(t, PeerConnection => class extends PeerConnection {
    override setRemoteDescription (sdp: string, type: 'offer' | 'answer') {
      given.push(sdp)
      super.setRemoteDescription(sdp, type)
    }

    override addRemoteCandidate () { added++ }
  })
  const server = await createServer(t, { remoteCandidates: ['127.0.0.0/8', '::1/128'] })
  let most = 0
  await fc.assert(fc.asyncProperty(fc.array(candidate, { maxLength: 400, size: 'max' }), fc.boolean(), async (candidates, isOffer) => {
    given.length = 0
    const { id } = await server.createConnection(isOffer ? { type: 'offer', sdp: withLines(offer, ...candidates) } : undefined)
    if (!isOffer) t.equal((await server.setRemoteDescription(id, withLines(answer, ...candidates))).statusCode, 200)
    t.equal(given.length, 1)
    const lines = given[0]!.match(/^a=candidate:.*$/gm) ?? []
    most = Math.max(most, lines.length)
    t.ok(lines.length <= MAX_REMOTE_CANDIDATES, `${lines.length} of ${candidates.length}`)
    for (const line of lines) if (!/^a=candidate:\S+ 1 UDP (1|2147483647) (127\.\d+\.\d+\.\d+|::1) \d+ typ (host|(srflx|prflx|relay) raddr 0\.0\.0\.0 rport 0)$/.test(line)) t.fail(line)
    await server.request('DELETE', `/connections/${id}`)
  }), { numRuns: 100 })
  t.equal(most, MAX_REMOTE_CANDIDATES, 'some had more')
  t.equal(added, 0)
})

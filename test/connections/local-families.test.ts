import t from 'tap'
import type { WebRtcIceCandidate } from '../../plugin/index.js'
import { createFamilyFilter } from '../../plugin/connections/local-families.js'
import { createFarEnd } from '../helpers/handshake.js'
import { createServer } from '../helpers/server.js'

const IPV4 = ['8.8.8.8', '127.0.0.1', '::ffff:8.8.8.8', '::ffff:808:808']
const IPV6 = ['2600::1', '::1', 'fd00::1']

const BOUND: Record<string, string[]> = { '127.0.0.1': IPV4, '0.0.0.0': IPV4, '::ffff:127.0.0.1': IPV4, '::1': IPV6, '2600::9': IPV6 }

for (const [bindAddress, expected] of Object.entries(BOUND)) {
  t.test(`peers bound to ${bindAddress} -> candidates of its family`, async t => {
    t.strictSame([...IPV4, ...IPV6].filter(createFamilyFilter({ bindAddress })), expected)
  })
}

const LOOPBACK = [{ address: '127.0.0.1', family: 'IPv4', internal: true }, { address: '::1', family: 'IPv6', internal: true }]
const ONE_IPV4 = { address: '192.0.2.2', family: 'IPv4', internal: false }
const ONE_IPV6 = { address: '2600::2', family: 'IPv6', internal: false }
const LINK_LOCAL = { address: 'fe80::fc:ff:fe00:1', family: 'IPv6', internal: false }

const HOSTS: Record<string, { addresses: object[], expected: string[] }> = {
  'both families': { addresses: [ONE_IPV4, ONE_IPV6, LINK_LOCAL], expected: [...IPV4, ...IPV6] },
  'IPv6 that is link-local alone': { addresses: [ONE_IPV4, LINK_LOCAL], expected: IPV4 },
  'IPv6 alone': { addresses: [LINK_LOCAL, ONE_IPV6], expected: IPV6 },
  'loopback alone': { addresses: [LINK_LOCAL], expected: [...IPV4, ...IPV6] }
}

for (const [name, { addresses, expected }] of Object.entries(HOSTS)) {
  t.test(`peers of a host with ${name} -> candidates of what it has`, async t => {
    const networkInterfaces = () => ({ lo: LOOPBACK, eth0: addresses })
    const { createFamilyFilter } = await t.mockImport<typeof import('../../plugin/connections/local-families.js')>('../../plugin/connections/local-families.js', { 'node:os': { networkInterfaces } })
    for (const bindAddress of [undefined, '::', '0:0:0:0:0:0:0:0']) t.strictSame([...IPV4, ...IPV6].filter(createFamilyFilter({ bindAddress })), expected)
  })
}

t.test('peers with a relay, which has addresses of its own -> all candidates', async t => {
  const [turn, stun] = [{ urls: 'turn:192.0.2.1', username: 'a', credential: 'b' }, { urls: 'stun:192.0.2.1' }]
  t.strictSame([...IPV4, ...IPV6].filter(createFamilyFilter({ bindAddress: '127.0.0.1', iceServers: [stun, turn] })), [...IPV4, ...IPV6])
  t.strictSame([...IPV4, ...IPV6].filter(createFamilyFilter({ bindAddress: '127.0.0.1', iceServers: [stun] })), IPV4)
})

t.test('peers of a host of which the system does not tell the addresses -> all candidates', async t => {
  const networkInterfaces = () => { throw new Error('uv_interface_addresses returned Unknown system error 24') }
  const { createFamilyFilter } = await t.mockImport<typeof import('../../plugin/connections/local-families.js')>('../../plugin/connections/local-families.js', { 'node:os': { networkInterfaces } })
  t.strictSame([...IPV4, ...IPV6].filter(createFamilyFilter({})), [...IPV4, ...IPV6])
})

t.test('a server on IPv4, a client with candidates of IPv6 before those of IPv4 -> only the latter get to the native side, described and by themselves', async t => {
  const server = await createServer(t)
  const farEnd = createFarEnd(t)
  const sdp = farEnd.offer().replace('a=end-of-candidates\r\n', '')
  const candidate = (address: string) => `candidate:1 1 UDP 2122265343 ${address} 50000 typ host`
  const { id, remoteDescription } = await server.createConnection({ type: 'offer', sdp: sdp.replace('a=candidate:', `a=${candidate('2600::1')}\r\na=candidate:`) })
  t.match(remoteDescription!.sdp, /^a=candidate:.* 127\.0\.0\.1 /m)
  t.notMatch(remoteDescription!.sdp, '2600::1')
  const candidates = ['2600::2', '127.0.0.1'].map(address => ({ candidate: candidate(address), sdpMid: '0' }))
  const { json } = await server.request<{ candidates: WebRtcIceCandidate[] }>('POST', `/connections/${id}/remote-candidates`, { candidates })
  t.match(json.candidates.map(({ candidate }) => candidate), [/ 127\.0\.0\.1 50000 /])
})

import { networkInterfaces } from 'node:os'
import t from 'tap'
import { createRemoteCandidateFilter, filterRemoteCandidates, MAX_REMOTE_CANDIDATES, type RemoteCandidatePolicy } from '../../plugin/connections/remote-candidates.js'
import { description } from '../helpers/descriptions.js'

/** The addresses that come through, in the form that the native side gets. */
function addresses (policy: RemoteCandidatePolicy, client: string | undefined, given: string[]): string[] {
  const values = given.map((address, index) => `${index} 1 udp 1 ${address} ${2000 + index} typ host`)
  return filterRemoteCandidates(values, createRemoteCandidateFilter(policy)(client), client).map(value => value.split(' ')[4]!)
}

const PUBLIC = ['8.8.8.8', '1.1.1.1', '2600::1', '2a00:1450:4001:80b::200e']
const LOOPBACK = ['127.0.0.1', '127.255.255.254', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '::7f00:1', '0:0:0:0:0:FFFF:7F00:0001']
const LAN = ['10.1.2.3', '100.64.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fd12::1', '::ffff:10.1.2.3', '::FFFF:c0a8:0101']
const SPECIAL = [
  '0.0.0.0', '0.1.2.3', '::', '::ffff:0.0.0.0', '169.254.169.254', '::ffff:a9fe:a9fe', '192.0.0.8', '198.18.0.1', '192.88.99.1', '198.51.100.1',
  '203.0.113.1', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255', '64:ff9b::7f00:1', '64:ff9b:1::1', '100::1', '::ffff:0:7f00:1', '2001::1',
  '2001:db8::1', '2002:7f00:1::', '3fff::1', '5f00::1', 'fe80::1', 'fec0::1', 'ff02::1'
]
/** What no policy lets through: the native side, or the DNS, would have to make an address of it. */
const NO_LITERAL = ['0x7f.1', '0x7f000001', '127.1', '2130706433', '0177.0.0.1', '127.0.0.01', '[::1]', 'fe80::1%eth0', '::1%lo', 'localhost', 'example.com', 'ＬＯＣＡＬＨＯＳＴ', '127.0.0.1.', '127。0。0。1', '::ffff:127.1']

const CLIENTS: Record<string, { client: string | undefined, allowed: string[] }> = {
  'a public client': { client: '8.8.4.4', allowed: PUBLIC },
  'a public client over IPv6': { client: '2600::2', allowed: PUBLIC },
  'an unknown client': { client: undefined, allowed: PUBLIC },
  'a client whose address is a word': { client: 'unknown', allowed: PUBLIC },
  'a client in a private network': { client: '192.168.1.7', allowed: [...PUBLIC, ...LAN] },
  'a client in a private network, IPv4 in IPv6': { client: '::ffff:10.0.0.9', allowed: [...PUBLIC, ...LAN] },
  'a client in a unique local network': { client: 'fd00::9', allowed: [...PUBLIC, ...LAN] },
  'a client on this host': { client: '127.0.0.1', allowed: [...PUBLIC, ...LAN, ...LOOPBACK] },
  'a client on this host, IPv4 in IPv6': { client: '::ffff:127.0.0.1', allowed: [...PUBLIC, ...LAN, ...LOOPBACK] },
  'a client on this host, IPv6': { client: '::1', allowed: [...PUBLIC, ...LAN, ...LOOPBACK] },
  'a client with a link-local address': { client: '169.254.1.1', allowed: PUBLIC }
}

for (const [name, { client, allowed }] of Object.entries(CLIENTS)) {
  t.test(`remoteCandidates 'public' -> ${name} -> public addresses and those that it may have itself`, async t => {
    const isAllowed = createRemoteCandidateFilter('public')(client)
    const all = [...PUBLIC, ...LOOPBACK, ...LAN, ...SPECIAL]
    t.strictSame(all.filter(isAllowed), all.filter(address => allowed.includes(address)))
  })
}

t.test("remoteCandidates 'public' -> a client on this host -> every address of this host, for nobody else", async t => {
  const own = Object.values(networkInterfaces()).flatMap(addresses => addresses!.map(({ address }) => address))
  t.strictSame(own.filter(createRemoteCandidateFilter('public')('127.0.0.1')), own)
  const unusual = ['192.0.2.1', ...SPECIAL].filter(address => !own.includes(address))
  t.strictSame(unusual.filter(createRemoteCandidateFilter('public')('127.0.0.1')), [])
})

t.test("remoteCandidates 'public' -> a client with an address of this host -> is on this host, and nobody else may have its addresses checked", async t => {
  const address = (address: string) => ({ address })
  const networkInterfaces = () => ({ lo: [address('127.0.0.1')], eth0: ['8.8.4.4', '10.9.8.7', '2600::9', 'fe80::9'].map(address) })
  const { createRemoteCandidateFilter } = await t.mockImport<typeof import('../../plugin/connections/remote-candidates.js')>('../../plugin/connections/remote-candidates.js', { 'node:os': { networkInterfaces } })
  const own = ['8.8.4.4', '::ffff:8.8.4.4', '10.9.8.7', '2600:0::9', 'fe80::9', '127.0.0.1']
  const others = ['8.8.8.8', '2600::1']
  const lan = ['10.1.2.3', 'fd12::1']
  const all = [...own, ...lan, ...others]
  for (const client of ['8.8.4.4', '::ffff:808:404', '10.9.8.7', '2600::9']) t.strictSame(all.filter(createRemoteCandidateFilter('public')(client)), all, client)
  for (const client of ['8.8.4.5', '2600::a', undefined, 'fe80::9%eth0']) t.strictSame(all.filter(createRemoteCandidateFilter('public')(client)), others, String(client))
  t.strictSame(all.filter(createRemoteCandidateFilter('public')('10.9.8.8')), [...lan, ...others])
})

t.test('filterRemoteCandidates -> ports below 1024 -> left out, by every policy', async t => {
  const values = [0, 1, 53, 161, 1023, 1024, 65535, 65536].map(port => `1 1 udp 1 8.8.8.8 ${port} typ host`)
  t.strictSame(filterRemoteCandidates(values, createRemoteCandidateFilter('any')(undefined), undefined).map(value => value.split(' ')[5]), ['1024', '65535'])
})

t.test("remoteCandidates 'public' -> a client on this host, of which the system does not tell the addresses -> the others", async t => {
  const networkInterfaces = () => { throw new Error('uv_interface_addresses returned Unknown system error 24') }
  const { createRemoteCandidateFilter } = await t.mockImport<typeof import('../../plugin/connections/remote-candidates.js')>('../../plugin/connections/remote-candidates.js', { 'node:os': { networkInterfaces } })
  t.strictSame(['192.0.2.1', '127.0.0.1', '10.1.2.3', '8.8.8.8'].filter(createRemoteCandidateFilter('public')('127.0.0.1')), ['127.0.0.1', '10.1.2.3', '8.8.8.8'])
})

const POLICIES: Record<string, { policy: RemoteCandidatePolicy, allowed: string[] }> = {
  any: { policy: 'any', allowed: [...PUBLIC, ...LOOPBACK, ...LAN, ...SPECIAL] },
  none: { policy: 'none', allowed: [] },
  'no network': { policy: [], allowed: [] },
  'one IPv4 network': { policy: ['10.0.0.0/8'], allowed: ['10.1.2.3', '::ffff:10.1.2.3'] },
  'one address': { policy: ['169.254.169.254/32'], allowed: ['169.254.169.254', '::ffff:a9fe:a9fe'] },
  'an IPv6 network in capitals': { policy: ['FD00::/8', '2600::/16'], allowed: ['2600::1', 'fd12::1'] }
}

for (const [name, { policy, allowed }] of Object.entries(POLICIES)) {
  t.test(`remoteCandidates -> ${name} -> what is in it, whoever asks`, async t => {
    const all = [...PUBLIC, ...LOOPBACK, ...LAN, ...SPECIAL]
    for (const client of [undefined, '127.0.0.1', '8.8.8.8']) {
      t.strictSame(all.filter(createRemoteCandidateFilter(policy)(client)), all.filter(address => allowed.includes(address)))
    }
  })
}

for (const policy of [['10.0.0.0'], ['10.0.0.0/33'], ['10.0.0.0/-1'], ['::/129'], ['example.com/8'], ['10.0.0/8'], [''], [' 10.0.0.0/8'], ['10.0.0.0/8 ']]) {
  t.test(`remoteCandidates -> ${JSON.stringify(policy)} -> TypeError with the network`, async t => {
    t.throws(() => createRemoteCandidateFilter(policy), { name: 'TypeError', message: `expected a network such as 192.0.2.0/24 or 2001:db8::/32, found ${JSON.stringify(policy[0])}` })
  })
}

t.test('filterRemoteCandidates -> addresses in unusual spelling -> in the usual one, what is no literal left out', async t => {
  t.strictSame(addresses('any', undefined, ['::FFFF:127.0.0.1', '::ffff:7f00:1', '::7f00:1', '0:0:0:0:0:0:0:1', '2001:DB8:0:0::1', '::', '0.0.0.0']),
    ['127.0.0.1', '127.0.0.1', '127.0.0.1', '::1', '2001:db8::1', '::', '0.0.0.0'])
  t.strictSame(addresses('any', '127.0.0.1', NO_LITERAL), [])
})

t.test('filterRemoteCandidates -> the same address and port twice -> once', async t => {
  const values = ['1 1 udp 2 8.8.8.8 2000 typ host', '2 1 udp 1 ::ffff:8.8.8.8 2000 typ srflx', '3 1 udp 1 8.8.8.8 2001 typ host']
  t.strictSame(filterRemoteCandidates(values, () => true, undefined), ['1 1 UDP 2 8.8.8.8 2000 typ host', '3 1 UDP 1 8.8.8.8 2001 typ host'])
})

t.test('filterRemoteCandidates -> more than 30 -> the first 30 that are allowed', async t => {
  const values = Array.from({ length: 100 }, (_, index) => `${index} 1 udp 1 ${index % 2 ? '8.8.8.8' : '10.0.0.1'} ${2000 + index} typ host`)
  const kept = filterRemoteCandidates(values, address => address === '8.8.8.8', undefined)
  t.equal(kept.length, MAX_REMOTE_CANDIDATES)
  t.equal(kept.at(-1), '59 1 UDP 1 8.8.8.8 2059 typ host')
})

const LOCAL_NAMES: Record<string, { client: string | undefined, found: string[] }> = {
  'a client on this host': { client: '127.0.0.1', found: ['127.0.0.1'] },
  'a client in a private network': { client: '::ffff:192.168.1.7', found: ['192.168.1.7'] },
  'a public client': { client: '8.8.8.8', found: ['8.8.8.8'] },
  'an unknown client': { client: undefined, found: [] },
  'a client whose address is a word': { client: 'unknown', found: [] },
  'a client whose address is another name': { client: 'a.local', found: [] },
  'a client with a zone': { client: 'fe80::1%eth0', found: [] },
  'a client whose address breaks the line': { client: '8.8.8.8\r\na=x', found: [] }
}

for (const [name, { client, found }] of Object.entries(LOCAL_NAMES)) {
  t.test(`filterRemoteCandidates -> an mDNS name of ${name} -> ${found.length ? "the client's address" : 'left out'}`, async t => {
    t.strictSame(addresses('public', client, ['0b6f1f0e-94c7-4b6f-9d0a-3f1f7f6f2f55.LOCAL']), found)
    t.strictSame(addresses('none', client, ['0b6f1f0e-94c7-4b6f-9d0a-3f1f7f6f2f55.local']), [])
  })
}

t.test('filterRemoteCandidates -> an mDNS name -> a priority below that of every other pair; the address that the request came from -> the first to be checked, above every other if it is a host candidate', async t => {
  const values = ['1 1 UDP 2122252543 a.local 5000 typ host', '3 1 UDP 2122260223 172.17.0.1 5002 typ host', '2 1 UDP 1686052607 8.8.8.8 5001 typ srflx', '4 1 UDP 2122260223 8.8.8.8 5003 typ host']
  for (const client of ['8.8.8.8', '::ffff:8.8.8.8']) {
    t.strictSame(filterRemoteCandidates(values, () => true, client), [
      '2 1 UDP 1686052607 8.8.8.8 5001 typ srflx raddr 0.0.0.0 rport 0', '4 1 UDP 2147483647 8.8.8.8 5003 typ host', '1 1 UDP 1 8.8.8.8 5000 typ host', '3 1 UDP 2122260223 172.17.0.1 5002 typ host'
    ])
  }
  for (const client of [undefined, 'unix:', '8.8.4.4']) t.match(filterRemoteCandidates(values, () => true, client).slice(-2), [/^2 1 UDP 1686052607 8.8.8.8 5001 /, /^4 1 UDP 2122260223 8.8.8.8 5003 /], String(client))
})

t.test('filterRemoteCandidates -> the candidates of Chromium for a private client -> UDP alone', async t => {
  const values = [...description('chromium-offer-addresses').sdp.matchAll(/^a=candidate:(.*)\r$/gm)].map(([, value]) => value!)
  t.equal(values.length, 4)
  t.strictSame(filterRemoteCandidates(values, createRemoteCandidateFilter('any')('10.0.0.1'), '10.0.0.1'), [
    '1820659296 1 UDP 2122194687 192.0.2.2 57471 typ host', '2816724864 1 UDP 2122265343 fd00::2 41427 typ host'
  ])
})

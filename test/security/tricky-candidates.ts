/** Candidates that lead, or may be taken to lead, to an address of the host itself. */

/** The line or lines of a description that have the port in them, and where they stand. */
export interface TrickyCandidate {
  lines: (port: number) => string[]
  /** Above the media section. Default below it. */
  isSessionLevel?: boolean
  /** Whether a client on this host may have it checked. */
  isPlain: boolean
}

const PLAIN = ['127.0.0.1', '127.0.0.2', '127.1.2.3', '127.255.255.254', '::ffff:127.0.0.1', '::FFFF:127.0.0.1', '::ffff:7f00:1', '0:0:0:0:0:FFFF:7F00:0001', '::127.0.0.1', '::7f00:1']
const PLAIN_IPV6 = ['::1', '0:0:0:0:0:0:0:1', '0000:0000:0000:0000:0000:0000:0000:0001']
const TRICKY = [
  '0.0.0.0', '0', '::', '::ffff:0.0.0.0', '::ffff:0:127.0.0.1', '0x7f.1', '0x7f000001', '0X7F.0.0.1', '127.1', '127.0.1', '2130706433', '0177.0.0.1', '017700000001', '127.0.0.01', '127.0.0.1.', '127.0.0.1..',
  '127.0.0.1:80', '127.0.0.1/8', '[::1]', '[127.0.0.1]', '::1%lo', '::1%1', '::1%25lo', 'fe80::1%eth0', 'fe80::1%25lo', '::ffff:127.1', '::ffff:0x7f.0.0.1', '64:ff9b::7f00:1', '64:ff9b::127.0.0.1', '2002:7f00:1::', '2002:7f00:1::1',
  'localhost', 'LOCALHOST', 'localhost.', 'localhost.localdomain', 'ip6-localhost', 'ＬＯＣＡＬＨＯＳＴ', '127。0。0。1', '１２７.0.0.1', '①②⑦.0.0.1', '127.0.0.1\u200b', '127.0.0.1@8.8.8.8', '8.8.8.8#127.0.0.1', '127.0.0.1\0', '127.0.0.1%00', '127.0.0.1,127.0.0.2'
]

const host = (address: string) => (port: number) => [`a=candidate:1 1 udp 2122260223 ${address} ${port} typ host`]
const line = (text: string) => (port: number) => [text.replaceAll('PORT', String(port))]

const LINES: Record<string, string> = {
  'TCP, passive': 'a=candidate:1 1 tcp 1 127.0.0.1 PORT typ host tcptype passive',
  'TCP, active': 'a=candidate:1 1 TCP 1 127.0.0.1 PORT typ host tcptype active',
  'TCP, simultaneous open': 'a=candidate:1 1 tcp 1 127.0.0.1 PORT typ host tcptype so',
  'SSL over TCP': 'a=candidate:1 1 ssltcp 1 127.0.0.1 PORT typ host',
  'UDP with a tcptype': 'a=candidate:1 1 udp 1 localhost PORT typ host tcptype passive',
  'another component': 'a=candidate:1 2 udp 1 127.0.0.1 PORT typ host',
  'a name of another attribute': 'a=Candidate:1 1 udp 1 127.0.0.1 PORT typ host',
  'the attribute twice in a line': 'a=candidate:candidate:1 1 udp 1 127.0.0.1 PORT typ host',
  'two candidates in a line': 'a=candidate:1 1 udp 1 name.test 9999 typ host a=candidate:2 1 udp 1 127.0.0.1 PORT typ host',
  'two candidates in a line, by CR': 'a=candidate:1 1 udp 1 name.test 9999 typ host\ra=candidate:2 1 udp 1 127.0.0.1 PORT typ host',
  'two candidates in a line, by NUL': 'a=candidate:1 1 udp 1 name.test 9999 typ host\0a=candidate:2 1 udp 1 127.0.0.1 PORT typ host',
  'spaces before it': 'a= candidate:1 1 udp 1 127.0.0.1 PORT typ host',
  'tabs in it': 'a=candidate:1\t1\tudp\t1\t127.0.0.1\tPORT\ttyp\thost',
  'a space too many': 'a=candidate:1  1 udp 1 127.0.0.1 PORT typ host',
  'a port with a sign': 'a=candidate:1 1 udp 1 127.0.0.1 +PORT typ host',
  'a port above 65535': 'a=candidate:1 1 udp 1 127.0.0.1 1PORT typ host',
  'a port with a fraction': 'a=candidate:1 1 udp 1 127.0.0.1 PORT.0 typ host',
  'a related address': 'a=candidate:1 1 udp 1 name.test 9999 typ srflx raddr 127.0.0.1 rport PORT',
  'remote-candidates': 'a=remote-candidates:1 127.0.0.1 PORT',
  rtcp: 'a=rtcp:PORT IN IP4 127.0.0.1',
  'c=': 'c=IN IP4 127.0.0.1/PORT',
  'o=': 'o=- 1 1 IN IP4 127.0.0.1',
  'end-of-candidates with a value': 'a=end-of-candidates:1 1 udp 1 127.0.0.1 PORT typ host',
  'an ice-option': 'a=ice-options:trickle a=candidate:1 1 udp 1 127.0.0.1 PORT typ host'
}

export function trickyCandidates ({ hasIPv6 }: { hasIPv6: boolean }): Map<string, TrickyCandidate> {
  return new Map<string, TrickyCandidate>([
    ...[...PLAIN, ...hasIPv6 ? PLAIN_IPV6 : []].map(address => [address, { lines: host(address), isPlain: true }] as const),
    ...[...TRICKY, ...hasIPv6 ? [] : PLAIN_IPV6].map(address => [JSON.stringify(address), { lines: host(address), isPlain: false }] as const),
    ...Object.entries(LINES).map(([name, text]) => [name, { lines: line(text), isPlain: false }] as const),
    // The native side takes no peer-reflexive ones from a description.
    ...(['srflx', 'prflx', 'relay'] as const).map(type => [`typ ${type}`, { lines: line(`a=candidate:1 1 UDP 1 127.0.0.1 PORT typ ${type} raddr 8.8.8.8 rport 9999`), isPlain: type !== 'prflx' }] as const),
    // RFC 8839, 5.1 has them in media sections alone.
    ['at session level', { lines: host('127.0.0.1'), isSessionLevel: true, isPlain: false }],
    ['behind 40 others', { lines: port => [...Array(40).fill('a=candidate:1 1 udp 1 name.test 9999 typ host'), ...host('127.0.0.1')(port)], isPlain: true }]
  ])
}

import t from 'tap'
import { formatIceCandidate, parseIceCandidate } from '../../plugin/connections/ice-candidate.js'

const HOST = '1 1 UDP 2114977791 192.0.2.1 41998 typ host'

const PARSED: Record<string, [value: string, formatted: string]> = {
  'of libdatachannel': [HOST, HOST],
  'of Chromium, with extensions': [
    '340335751 1 udp 2122194687 192.0.2.2 44908 typ host generation 0 network-id 1',
    '340335751 1 UDP 2122194687 192.0.2.2 44908 typ host'],
  'srflx, whose related address is not passed on': [
    '1 1 UDP 1686052863 203.0.113.7 51203 typ srflx raddr 10.0.0.5 rport 4242',
    '1 1 UDP 1686052863 203.0.113.7 51203 typ srflx raddr 0.0.0.0 rport 0'],
  relay: ['r+/9 1 udp 1 2001:DB8::1 65535 typ RELAY', 'r+/9 1 UDP 1 2001:db8::1 65535 typ relay raddr 0.0.0.0 rport 0'],
  prflx: ['1 1 UdP 0 192.0.2.1 1 typ prflx', '1 1 UDP 0 192.0.2.1 1 typ prflx raddr 0.0.0.0 rport 0'],
  'with a name': ['1 1 udp 1 Abc.LOCAL 9 typ host', '1 1 UDP 1 abc.local 9 typ host'],
  'of the highest priority': ['1 1 udp 2147483647 192.0.2.1 9 typ host', '1 1 UDP 2147483647 192.0.2.1 9 typ host']
}

for (const [name, [value, formatted]] of Object.entries(PARSED)) {
  t.test(`parseIceCandidate -> a candidate ${name} -> parsed`, async t => {
    const candidate = parseIceCandidate(value)
    t.ok(candidate)
    t.equal(candidate && formatIceCandidate(candidate), formatted)
  })
}

const UNUSABLE: Record<string, string> = {
  'no text': '',
  'another word': 'hello',
  TCP: '1 1 tcp 1518214911 192.0.2.2 9 typ host tcptype active',
  'component 2': HOST.replace('1 1 UDP', '1 2 UDP'),
  'no foundation': HOST.replace('1 1 UDP', ' 1 UDP'),
  'a foundation of 33 characters': HOST.replace('1 1 UDP', `${'a'.repeat(33)} 1 UDP`),
  'a foundation of other characters': HOST.replace('1 1 UDP', 'a:b 1 UDP'),
  'a priority over 2^31 - 1': HOST.replace('2114977791', '2147483648'),
  'a negative priority': HOST.replace('2114977791', '-1'),
  'port 0': HOST.replace('41998', '0'),
  'port 65536': HOST.replace('41998', '65536'),
  'a port in hexadecimal': HOST.replace('41998', '0x50'),
  'no type': HOST.replace(' typ host', ''),
  'another type': HOST.replace('typ host', 'typ hosts'),
  'an address of 256 characters': HOST.replace('192.0.2.1', 'a'.repeat(256)),
  'an address with a space': HOST.replace('192.0.2.1', '192.0. 2.1'),
  'a space before': ` ${HOST}`,
  'two spaces': HOST.replace('1 1 UDP', '1  1 UDP'),
  'a line end within': HOST.replace(' typ', '\r\na=x typ'),
  'its own prefix': `candidate:${HOST}`
}

for (const [name, value] of Object.entries(UNUSABLE)) {
  t.test(`parseIceCandidate -> ${name} -> undefined`, async t => {
    t.equal(parseIceCandidate(value), undefined)
  })
}

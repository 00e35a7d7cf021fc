import fc from 'fast-check'

/** One thing to do to a text of lines. What `at` and `to` mean, fractions of its length, and `text`, is the kind's affair. */
export interface Mutation {
  kind: keyof typeof MUTATIONS
  at: number
  to: number
  text: string
}

type Arguments = Omit<Mutation, 'kind'>

const NUMBERS = ['0', '-1', '1', '65535', '65536', '99999', '2147483647', '2147483648', '4294967296', '9223372036854775807', '18446744073709551616', '1e9', '0x10', '']
const FRAGMENTS = [
  ' ', ':', ';', ',', '=', '/', '%s', '%n', '..', '*', '\0', '\r', '\n', '\r\n', '\t', '\x7f', 'é', '\u2028', '\ud800', '😀', '"', "'", '\\', '<', '{}', 'null',
  'a'.repeat(300), 'a=mid:0\r\n', 'a=candidate', 'a=candidate:\r\n', 'a=end-of-candidates\r\n', 'm=audio 9 UDP/TLS/RTP/SAVPF 0\r\n', 'm=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n',
  'a=setup:passive\r\n', 'a=setup:active\r\n', 'a=ice-lite\r\n', 'a=ice-options:trickle renomination\r\n', 'a=fingerprint:sha-256 00\r\n', 'a=fingerprint:md5 00\r\n', 'a=extmap:1 x\r\n', 'a=extmap:x\r\n', 'a=rtpmap:0 x/1\r\n', 'a=ssrc:1 cname:x\r\n',
  'a=group:BUNDLE 0 1 2\r\n', 'a=rtcp-mux\r\n', 'a=inactive\r\n', 'a=recvonly\r\n', 'b=AS:0\r\n', 'k=prompt\r\n', 'v=0\r\n', 'a=tls-id:x\r\n', 'a=remote-candidates:1 127.0.0.1 1\r\n', 'a=sctpmap:5000 webrtc-datachannel 65535\r\n', 'a=crypto:1 x inline:y\r\n',
  'a=candidate:1 1 UDP 2122252543 127.0.0.1 9 typ host\r\n', 'a=candidate:1 1 UDP 4294967295 127.0.0.1 65536 typ host\r\n', 'a=candidate:1 1 UDP 1 ::1 9 typ host\r\n', 'a=candidate:1 1 UDP 1 0x7f.1 9 typ host\r\n', 'a=candidate:1 1 TCP 1 127.0.0.1 9 typ host tcptype active\r\n',
  'a=candidate:1 1 UDP 1 name.local 9 typ host\r\n', 'a=candidate:1 1 UDP 1 name.test 9 typ srflx raddr 127.0.0.1 rport 9\r\n', 'a=candidate:1 2 UDP 1 127.0.0.1 9 typ host\r\n', 'a=candidate:1 1 UDP 1 127.0.0.1 9 typ prflx\r\n'
]
/** Values that an attribute of this name may really have, or nearly. */
const VALUES: Record<string, string[]> = {
  'ice-ufrag': ['abcd', 'abc', 'A+/9', 'x'.repeat(256), 'x'.repeat(257), 'ab cd'],
  'ice-pwd': ['x'.repeat(21), 'x'.repeat(22), 'x'.repeat(256), 'x'.repeat(257), '+'.repeat(30)],
  fingerprint: [`sha-256 ${'00:'.repeat(31)}00`, `SHA-256 ${'ff:'.repeat(31)}FF`, `sha-256 ${'00:'.repeat(30)}00`, `sha-1 ${'00:'.repeat(19)}00`, `sha-512 ${'00:'.repeat(63)}00`],
  setup: ['active', 'passive', 'actpass', 'holdconn'],
  mid: ['0', '1', 'data', 'x'.repeat(64), 'x'.repeat(65), '#', '%00'],
  'sctp-port': ['5000', '0', '1', '65535', '65536', '99999'],
  'max-message-size': ['0', '1', '65536', '1073741823', '9223372036854775807', '9999999999999999999'],
  candidate: ['1 1 UDP 1 127.0.0.2 9 typ host', '1 1 UDP 1 127.0.0.1 0 typ host', '1 1 UDP 2147483648 127.0.0.1 9 typ host', '1 1 udp 1 ::ffff:127.0.0.1 9 typ relay', '1 1 UDP 1 fe80::1%lo 9 typ host']
}

const MUTATIONS = {
  deleteLine: (text, { at }) => editLines(text, lines => { lines.splice(index(at, lines), 1) }),
  deleteLines: (text, { at, to }) => editLines(text, lines => { lines.splice(index(at, lines), 1 + to * 5) }),
  duplicateLine: (text, { at, to }) => editLines(text, lines => { lines.splice(index(to, lines), 0, lines[index(at, lines)]!) }),
  repeatLine: (text, { at, to }) => editLines(text, lines => { lines.splice(index(at, lines), 0, ...Array<string>(Math.floor(to ** 4 * 2000)).fill(lines[index(at, lines)]!)) }),
  repeatNumbered: (text, { at, to }) => editLines(text, lines => {
    const line = lines[index(at, lines)]!
    lines.splice(index(at, lines), 0, ...Array.from({ length: Math.floor(to ** 4 * 1000) }, (_, number) => line.replace(/\d+(?= typ)/, String(number + 1))))
  }),
  swapLines: (text, { at, to }) => editLines(text, lines => {
    [lines[index(at, lines)], lines[index(to, lines)]] = [lines[index(to, lines)]!, lines[index(at, lines)]!]
  }),
  insertLine: (text, { at, text: inserted }) => editLines(text, lines => { lines.splice(index(at, lines), 0, inserted.trimEnd()) }),
  insertAttribute: (text, { at, to }) => editLines(text, lines => {
    const [name, values] = Object.entries(VALUES)[Math.floor(to * Object.keys(VALUES).length)]!
    lines.splice(index(at, lines), 0, `a=${name}:${values[Math.floor(at * 997) % values.length]}`)
  }),
  setAttribute: (text, { at, to }) => replaceOne(text, at, /(?<=^a=)[a-z-]+:.*$/gm, found => {
    const [name = ''] = found.split(':')
    const values = VALUES[name] ?? ['', 'x', '0']
    return `${name}:${values[Math.floor(to * values.length)]}`
  }),
  replaceValue: (text, { at, text: value }) => replaceOne(text, at, /(?<=^a=[a-z-]+:).+$/gm, () => value),
  changeValue: (text, { at, to }) => replaceOne(text, at, /(?<=^a=[a-z-]+:).+$/gm, value => [value.toUpperCase(), value.toLowerCase(), value.repeat(2), '', ` ${value}`, `${value} `, value.slice(0, -1), 'x'.repeat(to * 1100)][Math.floor(to * 8)]!),
  changeName: (text, { at, to }) => replaceOne(text, at, /^a=[a-z-]+/gm, name => [name.toUpperCase(), `${name}x`, `${name}:`, name.slice(0, -1)][Math.floor(to * 4)]!),
  changeNumber: (text, { at, to }) => replaceOne(text, at, /\d+/g, () => NUMBERS[Math.floor(to * NUMBERS.length)]!),
  changeWord: (text, { at, text: word }) => replaceOne(text, at, /[^\s:=]+/g, () => word),
  deleteByte: (text, { at }) => text.slice(0, index(at, text)) + text.slice(index(at, text) + 1),
  deleteBytes: (text, { at, to }) => text.slice(0, index(at, text)) + text.slice(index(at, text) + Math.floor(to * 50)),
  setByte: (text, { at, to }) => text.slice(0, index(at, text)) + String.fromCharCode(to * 256) + text.slice(index(at, text) + 1),
  flipBit: (text, { at, to }) => text.slice(0, index(at, text)) + String.fromCharCode((text.charCodeAt(index(at, text)) || 0) ^ (1 << Math.floor(to * 8))) + text.slice(index(at, text) + 1),
  insert: (text, { at, text: inserted }) => text.slice(0, index(at, text)) + inserted + text.slice(index(at, text)),
  truncate: (text, { at }) => text.slice(0, index(at, text)),
  rotate: (text, { at }) => text.slice(index(at, text)) + text.slice(0, index(at, text)),
  changeLineEnds: (text, { to }) => text.replaceAll('\r\n', ['\n', '\r', '\n\r', '\r\n\r\n', '\0\r\n', ' \r\n'][Math.floor(to * 6)]!),
  changeAll: (text, { to }) => [text.toUpperCase(), text.toLowerCase(), text.trim(), text + text, `\ufeff${text}`, ` ${text}`, `${text}\r\n`][Math.floor(to * 7)]!
} satisfies Record<string, (text: string, rest: Arguments) => string>

const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

/** Up to four things wrong with a text, or merely unusual. */
export function mutations (minLength = 1): fc.Arbitrary<Mutation[]> {
  return fc.array(fc.record({
    kind: fc.constantFrom(...Object.keys(MUTATIONS) as (keyof typeof MUTATIONS)[]),
    at: fraction,
    to: fraction,
    text: fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...FRAGMENTS) }, fc.string({ maxLength: 20 }), fc.string({ unit: 'binary', maxLength: 20 }))
  }), { minLength, maxLength: 4 })
}

export function mutate (text: string, mutations: readonly Mutation[]): string {
  return mutations.reduce((text, mutation) => MUTATIONS[mutation.kind](text, mutation), text)
}

function index (fraction: number, { length }: { length: number }): number {
  return Math.floor(fraction * length)
}

function editLines (text: string, edit: (lines: string[]) => void): string {
  const lines = text.split('\r\n')
  edit(lines)
  return lines.join('\r\n')
}

function replaceOne (text: string, at: number, pattern: RegExp, replace: (found: string) => string): string {
  const found = [...text.matchAll(pattern)]
  const match = found[index(at, found)]
  if (!match) return text
  return text.slice(0, match.index) + replace(match[0]) + text.slice(match.index! + match[0].length)
}

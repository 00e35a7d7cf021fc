/** Numbers that a seed repeats (mulberry32). */
export function createRandom (seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0
    let value = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32
  }
}

const NUMBERS = ['0', '-1', '1', '65535', '65536', '99999', '2147483647', '2147483648', '4294967296', '9223372036854775807', '1e9', '0x10', '']
const FRAGMENTS = [
  ' ', ':', ';', ',', '=', '/', '%s', '%n', '..', '*', '\0', '\r', '\n', '\r\n', '\t', '\x7f', 'é', '\u2028', '\ud800', '😀', '"', "'", '\\', '<', '{}', 'null',
  'a'.repeat(300), 'a=mid:0\r\n', 'a=candidate', 'a=candidate:\r\n', 'a=end-of-candidates\r\n', 'm=audio 9 UDP/TLS/RTP/SAVPF 0\r\n', 'm=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n',
  'a=setup:passive\r\n', 'a=ice-lite\r\n', 'a=ice-options:trickle renomination\r\n', 'a=fingerprint:sha-256 00\r\n', 'a=fingerprint:md5 00\r\n', 'a=extmap:1 x\r\n', 'a=rtpmap:0 x/1\r\n', 'a=ssrc:1 cname:x\r\n',
  'a=group:BUNDLE 0 1 2\r\n', 'a=rtcp-mux\r\n', 'a=inactive\r\n', 'a=recvonly\r\n', 'b=AS:0\r\n', 'k=prompt\r\n', 'v=0\r\n', 'a=tls-id:x\r\n', 'a=remote-candidates:1 127.0.0.1 1\r\n'
]

type Mutation = (sdp: string, random: () => number, others: readonly string[]) => string

const MUTATIONS: Mutation[] = [
  (sdp, random) => withoutLine(sdp, random),
  (sdp, random) => editLines(sdp, lines => { lines.splice(below(random, lines.length), 0, pick(random, lines)) }),
  (sdp, random) => editLines(sdp, lines => { swap(lines, below(random, lines.length), below(random, lines.length)) }),
  (sdp, random) => editLines(sdp, lines => { lines.splice(below(random, lines.length), below(random, 5)) }),
  (sdp, random) => editLines(sdp, lines => { lines.splice(below(random, lines.length), 0, ...Array(below(random, 200)).fill(pick(random, lines))) }),
  (sdp, random, others) => editLines(sdp, lines => { lines[below(random, lines.length)] = pick(random, pick(random, others).split('\r\n')) }),
  (sdp, random) => at(sdp, random, (before, after) => before + after.slice(1)),
  (sdp, random) => at(sdp, random, (before, after) => before + String.fromCharCode(below(random, 256)) + after.slice(1)),
  (sdp, random) => at(sdp, random, (before, after) => before + pick(random, FRAGMENTS) + after),
  (sdp, random) => at(sdp, random, before => before),
  (sdp, random) => at(sdp, random, (before, after) => after + before),
  (sdp, random) => replaceOne(sdp, random, /\d+/g, () => pick(random, NUMBERS)),
  (sdp, random) => replaceOne(sdp, random, /(?<=^a=[a-z-]+:).+$/gm, value => pick(random, [value.toUpperCase(), value.repeat(2), '', ` ${value}`, `${value} `, value.slice(0, -1), 'x'.repeat(below(random, 1100))])),
  (sdp, random) => replaceOne(sdp, random, /^a=[a-z-]+/gm, name => pick(random, [name.toUpperCase(), `${name}x`, `${name}:`, name.slice(0, -1)])),
  (sdp, random) => pick(random, [sdp.replaceAll('\r\n', '\n'), sdp.replaceAll('\r\n', '\r'), sdp.replaceAll('\r\n', '\n\r'), sdp.toUpperCase(), sdp.trim(), sdp + sdp])
]

/** The SDP with one to four things wrong, or merely unusual. */
export const mutate: Mutation = (sdp, random, others) => {
  let mutated = sdp
  for (let count = 1 + below(random, 4); count > 0; count--) mutated = pick(random, MUTATIONS)(mutated, random, others)
  return mutated
}

function below (random: () => number, end: number): number {
  return Math.floor(random() * end)
}

function pick<Item> (random: () => number, items: readonly Item[]): Item {
  return items[below(random, items.length)]!
}

function at (text: string, random: () => number, join: (before: string, after: string) => string): string {
  const index = below(random, text.length)
  return join(text.slice(0, index), text.slice(index))
}

function withoutLine (sdp: string, random: () => number): string {
  return editLines(sdp, lines => { lines.splice(below(random, lines.length), 1) })
}

function editLines (sdp: string, edit: (lines: string[]) => void): string {
  const lines = sdp.split('\r\n')
  edit(lines)
  return lines.join('\r\n')
}

function swap (lines: string[], one: number, other: number): void {
  [lines[one], lines[other]] = [lines[other]!, lines[one]!]
}

function replaceOne (text: string, random: () => number, pattern: RegExp, replace: (found: string) => string): string {
  const found = [...text.matchAll(pattern)]
  if (found.length === 0) return text
  const { 0: value, index } = pick(random, found)
  return text.slice(0, index) + replace(value) + text.slice(index! + value.length)
}

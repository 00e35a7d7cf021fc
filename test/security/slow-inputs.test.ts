import t from 'tap'
import { parseIceCandidate } from '../../plugin/connections/ice-candidate.js'
import { createRemoteCandidateFilter, filterRemoteCandidates } from '../../plugin/connections/remote-candidates.js'
import { parseSessionDescription } from '../../plugin/connections/session-description.js'
import { description, withLines } from '../helpers/descriptions.js'

/** As much as a body can hold. */
const LENGTH = 32768
/** Milliseconds. Each takes a few; what grows with the square of the length would take seconds. */
const TIME = 100

const offer = description('chromium-offer').sdp
const fill = (text: string) => text.repeat(Math.floor(LENGTH / text.length))

const DESCRIPTIONS: Record<string, string> = {
  'empty lines': fill('\n'),
  'CRs without LF': fill('\r'),
  'lines of one character': fill('a\n'),
  'lines without a meaning': `v=0\n${fill('a=\u00e9\n')}`,
  'the shortest attributes': withLines(offer, ...Array(8000).fill('a=x')),
  'media sections': `v=0\n${fill('m=a 1 b c\n')}`,
  'formats in a media section': `v=0\nm=application 9 ${fill('a ').slice(0, 1000)}`,
  'spaces in a media section': `v=0\nm=application 9 a${fill(' ').slice(0, 1000)}`,
  'digits in a port': `v=0\nm=application ${fill('9').slice(0, 1000)} UDP`,
  'fingerprints in part': withLines(offer, ...Array(300).fill(`a=fingerprint:sha-256 ${'00:'.repeat(20)}`)),
  fingerprints: withLines(offer, ...Array(300).fill(`a=fingerprint:sha-256 ${'00:'.repeat(31)}00`)),
  'mids, all the same': withLines(offer, ...Array(3500).fill('a=mid:0')),
  'candidates without a value': withLines(offer, ...Array(2500).fill('a=candidate:')),
  candidates: withLines(offer, ...Array.from({ length: 600 }, (_, index) => `a=candidate:1 1 udp 1 10.0.0.${index % 256} ${2000 + index} typ host`)),
  'one line': `v=0\n${fill('a')}`,
  surrogates: `v=0\ns=${fill('\ud83d').slice(0, 1000)}`
}

for (const [name, sdp] of Object.entries(DESCRIPTIONS)) {
  t.test(`parseSessionDescription -> ${name}, as many as a body holds -> less than ${TIME} ms`, async t => {
    const started = performance.now()
    try {
      const { candidates } = parseSessionDescription({ type: 'offer', sdp })
      filterRemoteCandidates(candidates, createRemoteCandidateFilter('public')('127.0.0.1'), '127.0.0.1')
    } catch (error) {
      t.match(error, { code: 'FST_WEBRTC_INVALID_DESCRIPTION' })
    }
    const elapsed = performance.now() - started
    t.ok(elapsed < TIME, `${elapsed.toFixed(1)} ms`)
  })
}

const CANDIDATES: Record<string, string> = {
  'foundation characters': fill('a'),
  'an address without end': `1 1 udp 1 ${fill('a')}`,
  addresses: `1 1 udp 1 ${fill('a ')}`,
  'digits of a priority': `1 1 udp ${fill('9')}`,
  spaces: `1 1 udp 1 192.0.2.1 9 typ host${fill(' ')}`,
  extensions: `1 1 udp 1 192.0.2.1 9 typ host${fill(' a b')}`
}

for (const [name, value] of Object.entries(CANDIDATES)) {
  t.test(`parseIceCandidate -> ${name} in 32 KiB -> less than ${TIME} ms`, async t => {
    const started = performance.now()
    parseIceCandidate(value)
    const elapsed = performance.now() - started
    t.ok(elapsed < TIME, `${elapsed.toFixed(1)} ms`)
  })
}

t.test('filterRemoteCandidates -> 600 addresses that are special, from a client on this host -> asks the system once', async t => {
  let asked = 0
  const networkInterfaces = () => {
    asked++
    return {}
  }
  const { createRemoteCandidateFilter, filterRemoteCandidates } = await t.mockImport<typeof import('../../plugin/connections/remote-candidates.js')>('../../plugin/connections/remote-candidates.js', { 'node:os': { networkInterfaces } })
  const values = Array.from({ length: 600 }, (_, index) => `1 1 udp 1 169.254.169.${index % 256} ${2000 + index} typ host`)
  t.strictSame(filterRemoteCandidates(values, createRemoteCandidateFilter('public')('127.0.0.1'), '127.0.0.1'), [])
  t.equal(asked, 1)
})

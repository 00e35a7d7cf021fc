import t from 'tap'
import { firstCandidate, splitCandidates } from '../../generated-client/candidates.js'

t.test('splitCandidates takes the candidates out, each with the index of its m-line', async t => {
  const sdp = ['v=0', 'm=audio 9 A', 'a=candidate:1 1 UDP 1 192.0.2.1 1 typ host', 'm=application 9 B', 'a=candidate:2 1 UDP 1 192.0.2.1 2 typ host', 'a=end-of-candidates', ''].join('\r\n')
  t.same(splitCandidates({ type: 'offer', sdp }), {
    description: { type: 'offer', sdp: 'v=0\r\nm=audio 9 A\r\nm=application 9 B\r\n' },
    candidates: [
      { candidate: 'candidate:1 1 UDP 1 192.0.2.1 1 typ host', sdpMLineIndex: 0 },
      { candidate: 'candidate:2 1 UDP 1 192.0.2.1 2 typ host', sdpMLineIndex: 1 }
    ]
  })
})

/** Just enough of a peer for `firstCandidate`. */
class Gathering extends EventTarget {
  localDescription: { sdp: string } | null = null
  listeners = 0

  override addEventListener (...args: Parameters<EventTarget['addEventListener']>): void {
    this.listeners++
    super.addEventListener(...args)
  }

  override removeEventListener (...args: Parameters<EventTarget['removeEventListener']>): void {
    this.listeners--
    super.removeEventListener(...args)
  }

  found (address: string | null, transport = 'udp'): void {
    const candidate = address === null ? null : { candidate: `candidate:1 1 ${transport} 1 ${address} 1 typ host` }
    this.dispatchEvent(Object.assign(new Event('icecandidate'), { candidate }))
  }

  /** Whether `firstCandidate` has settled, as soon as it could have. */
  async settles (promise: Promise<void>): Promise<boolean> {
    return await Promise.race([promise.then(() => true), new Promise<false>(resolve => setImmediate(resolve, false))])
  }
}

for (const [address, transport, settles] of [
  ['192.0.2.1', 'udp', true],
  ['192.0.2.1', 'UDP', true],
  ['f9c2a1f0-1b2e-4d9e-8d5e-0f7d9e4b4c11.local', 'udp', true],
  [null, 'udp', true],
  ['2001:db8::1', 'udp', false],
  ['192.0.2.1', 'tcp', false]
] as const) {
  t.test(`firstCandidate with ${address} over ${transport} ${settles ? 'settles' : 'waits for another, but not for long'}`, async t => {
    const gathering = new Gathering()
    const first = firstCandidate(gathering as never)
    gathering.found(address, transport)
    t.equal(await gathering.settles(first), settles)
    await first
    t.equal(gathering.listeners, 0)
  })
}

t.test('firstCandidate when the description has a candidate does not wait', async t => {
  const gathering = new Gathering()
  gathering.localDescription = { sdp: 'v=0\r\na=candidate:1 1 UDP 1 192.0.2.1 1 typ host\r\n' }
  t.equal(await gathering.settles(firstCandidate(gathering as never)), true)
})

t.test('firstCandidate when there will be no candidate settles all the same', async t => {
  const gathering = new Gathering()
  gathering.localDescription = { sdp: 'v=0\r\n' }
  await firstCandidate(gathering as never)
  t.equal(gathering.listeners, 0)
})

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
  localDescription: { sdp: string } | null = { sdp: 'v=0\r\n' }
  waits = 0

  override addEventListener (...args: Parameters<EventTarget['addEventListener']>): void {
    this.waits++
    super.addEventListener(...args)
  }
}

t.test('firstCandidate when the description has a candidate does not wait', async t => {
  const gathering = new Gathering()
  gathering.localDescription = { sdp: 'v=0\r\na=candidate:1 1 UDP 1 192.0.2.1 1 typ host\r\n' }
  await firstCandidate(gathering as never)
  t.equal(gathering.waits, 0)
})

t.test('firstCandidate without a candidate settles with the first one', async t => {
  const gathering = new Gathering()
  const first = firstCandidate(gathering as never)
  gathering.dispatchEvent(new Event('icecandidate'))
  await first
  t.equal(gathering.waits, 1)
})

t.test('firstCandidate when there will be no candidate settles all the same', async t => {
  const gathering = new Gathering()
  gathering.localDescription = null
  await firstCandidate(gathering as never)
  t.equal(gathering.waits, 1)
})

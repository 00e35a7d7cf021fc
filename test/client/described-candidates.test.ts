import t from 'tap'
import { joinCandidates, splitCandidates } from '../../generated-client/described-candidates.js'

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

t.test('joinCandidates puts each candidate into its media section', async t => {
  const sdp = 'v=0\r\nm=audio 9 A\r\na=mid:0\r\nm=application 9 B\r\n'
  t.equal(joinCandidates(sdp, [{ candidate: 'candidate:1', sdpMLineIndex: 1 }, { candidate: 'candidate:2', sdpMLineIndex: 0 }, { candidate: 'candidate:3', sdpMLineIndex: null }]),
    'v=0\r\nm=audio 9 A\r\na=mid:0\r\na=candidate:2\r\na=candidate:3\r\nm=application 9 B\r\na=candidate:1\r\n')
  t.equal(joinCandidates(sdp, []), sdp)
})

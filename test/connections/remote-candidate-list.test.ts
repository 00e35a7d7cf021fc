import t from 'tap'
import { RemoteCandidateList } from '../../plugin/connections/remote-candidate-list.js'
import { MAX_REMOTE_CANDIDATES } from '../../plugin/connections/remote-candidates.js'
import { parseSessionDescription } from '../../plugin/connections/session-description.js'
import { description, withLines } from '../helpers/descriptions.js'
import { withoutCandidates } from '../helpers/native-peer.js'

const answer = { type: 'answer' as const, sdp: withoutCandidates(description('chromium-answer').sdp) }
const [, usernameFragment] = /^a=ice-ufrag:(.*)\r$/m.exec(answer.sdp)!
const attribute = (port: number, address = '10.0.0.1') => `candidate:1 1 UDP 1 ${address} ${port} typ host`
const parsed = (...lines: string[]) => parseSessionDescription({ ...answer, sdp: withLines(answer.sdp, ...lines) })
const list = () => new RemoteCandidateList(address => address !== '8.8.8.8', '127.0.0.1')

t.test('add -> those that are used, in the one form, and each waits for the native side once', async t => {
  const candidates = list()
  const given = [
    { candidate: 'candidate:1 1 udp 1 ::ffff:10.0.0.1 5000 typ host generation 0', sdpMid: '0', sdpMLineIndex: 0 },
    { candidate: attribute(5000) },
    { candidate: attribute(5001, 'b8f5.local') },
    { candidate: attribute(5002, '8.8.8.8') },
    { candidate: attribute(53) },
    { candidate: attribute(5003).replace('UDP', 'TCP') },
    { candidate: attribute(5004, 'example.com') },
    { candidate: 'candidate:nonsense' }
  ]
  const used = [{ ...given[0], candidate: attribute(5000) }, { candidate: attribute(5000) }, { candidate: attribute(5001, '127.0.0.1') }]
  t.strictSame(candidates.add(given), used)
  t.strictSame(candidates.takeWaiting(), [attribute(5000), attribute(5001, '127.0.0.1')])
  t.strictSame(candidates.add(given), used, 'asked again, the same answer')
  t.strictSame(candidates.takeWaiting(), [])
})

t.test(`add and describe -> more than ${MAX_REMOTE_CANDIDATES} together -> the first ones`, async t => {
  const many = Array.from({ length: 20 }, (_, index) => attribute(5000 + index))
  const others = Array.from({ length: 20 }, (_, index) => attribute(6000 + index))
  const before = list()
  t.equal(before.add(many.map(candidate => ({ candidate }))).length, 20)
  t.equal(before.describe(parsed(...others.map(candidate => `a=${candidate}`))).length, MAX_REMOTE_CANDIDATES - 20)
  t.equal(before.takeWaiting().length, 20)
  const after = list()
  t.equal(after.describe(parsed(...many.map(candidate => `a=${candidate}`))).length, 20)
  t.equal(after.add(others.map(candidate => ({ candidate }))).length, MAX_REMOTE_CANDIDATES - 20)
  t.equal(after.add(many.map(candidate => ({ candidate }))).length, 20, 'what is known needs no room')
  t.equal(after.takeWaiting().length, MAX_REMOTE_CANDIDATES - 20)
})

t.test('describe -> a candidate that came before -> as it is known, and those of another description are dropped', async t => {
  const candidates = list()
  candidates.add([{ candidate: attribute(5000), usernameFragment }, { candidate: attribute(5001) }, { candidate: attribute(5002), usernameFragment: 'other' }])
  t.strictSame(candidates.describe(parsed(`a=${attribute(5000)}`, `a=${attribute(5002)}`)), [attribute(5000), attribute(5002)].map(value => value.slice('candidate:'.length)))
  t.strictSame(candidates.takeWaiting(), [attribute(5000), attribute(5001)])
})

t.test('add after the description -> those of another ice-ufrag are left out', async t => {
  const candidates = list()
  candidates.describe(parsed())
  t.strictSame(candidates.add([{ candidate: attribute(5000), usernameFragment: 'other' }, { candidate: '', usernameFragment: 'other' }, { candidate: attribute(5001), usernameFragment }]), [{ candidate: attribute(5001), usernameFragment }])
})

t.test('add after the end of candidates -> ignored, whether it came by itself or in the description', async t => {
  const byItself = list()
  t.strictSame(byItself.add([{ candidate: attribute(5000) }, { candidate: '' }, { candidate: attribute(5001) }]), [{ candidate: attribute(5000) }, { candidate: '' }])
  t.strictSame(byItself.add([{ candidate: attribute(5002) }]), [])
  byItself.describe(parsed())
  t.strictSame(byItself.add([{ candidate: attribute(5002) }]), [], 'also when the description comes after it')
  const ofAnother = list()
  ofAnother.add([{ candidate: '', usernameFragment: 'other' }])
  ofAnother.describe(parsed())
  t.equal(ofAnother.add([{ candidate: attribute(5000) }]).length, 1, 'what another description ended is another matter')
  const inDescription = list()
  inDescription.describe(parsed('a=end-of-candidates'))
  t.strictSame(inDescription.add([{ candidate: attribute(5000) }]), [])
})

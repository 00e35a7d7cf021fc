import t from 'tap'
import { LocalCandidates } from '../../plugin/connections/local-candidates.js'

t.test('after -> those after the cursor, and the next cursor; of another peer the cursor goes on', async t => {
  const candidates = new LocalCandidates()
  t.strictSame(candidates.after(0), { candidates: [], cursor: 0 })
  for (const candidate of ['a', 'b']) candidates.add({ candidate })
  t.strictSame(candidates.after(0), { candidates: [{ candidate: 'a' }, { candidate: 'b' }], cursor: 2 })
  t.strictSame(candidates.after(1), { candidates: [{ candidate: 'b' }], cursor: 2 })
  t.strictSame(candidates.after(2), { candidates: [], cursor: 2 })
  t.strictSame(candidates.after(100), { candidates: [], cursor: 2 })
  candidates.startPeer()
  candidates.add({ candidate: 'c' })
  for (const cursor of [0, 1, 2]) t.strictSame(candidates.after(cursor), { candidates: [{ candidate: 'c' }], cursor: 3 })
  t.strictSame(candidates.after(3), { candidates: [], cursor: 3 })
})

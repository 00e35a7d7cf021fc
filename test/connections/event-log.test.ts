import t from 'tap'
import { EventLog, MAX_EVENTS, MAX_EVENTS_SIZE, type NewEvent } from '../../plugin/connections/event-log.js'
import { MAX_READERS } from '../../plugin/connections/readers.js'

const candidate = (text = ''): NewEvent => ({ type: 'candidate', candidate: { candidate: text } })
const CLOSED: NewEvent = { type: 'closed', reason: 'application' }

t.test('append -> ids that grow by one, and next reads them in their order', async t => {
  const log = new EventLog()
  t.equal(log.lastId, 0)
  t.equal(log.next(0), undefined)
  log.append(candidate('a'))
  log.append(candidate('b'))
  t.match(log.next(0), { id: 1, candidate: { candidate: 'a' } })
  t.match(log.next(1), { id: 2, candidate: { candidate: 'b' } })
  t.equal(log.next(2), undefined)
  t.equal(log.lastId, 2)
})

t.test('next -> an id that was never given -> 410', async t => {
  const log = new EventLog()
  log.append(candidate())
  for (const id of [2, 1000, Number.MAX_SAFE_INTEGER]) t.throws(() => log.next(id), { code: 'FST_WEBRTC_EVENTS_GONE', statusCode: 410 })
})

t.test(`append -> more than ${MAX_EVENTS} -> the last ones are kept, what is before them is gone`, async t => {
  const log = new EventLog()
  for (let count = 0; count < MAX_EVENTS + 10; count++) log.append(candidate(String(count)))
  t.match(log.next(10), { id: 11 })
  t.throws(() => log.next(9), { code: 'FST_WEBRTC_EVENTS_GONE' })
  t.equal(log.next(log.lastId), undefined)
})

t.test('append -> large ones -> as many as there is room for, and always the last one', async t => {
  const log = new EventLog()
  const large = 'x'.repeat(MAX_EVENTS_SIZE / 3)
  for (let count = 0; count < 5; count++) log.append(candidate(large))
  t.match(log.next(3), { id: 4 })
  t.throws(() => log.next(2), { code: 'FST_WEBRTC_EVENTS_GONE' })
  log.append(candidate('x'.repeat(MAX_EVENTS_SIZE + 1)))
  t.match(log.next(5), { id: 6 })
  t.throws(() => log.next(4), { code: 'FST_WEBRTC_EVENTS_GONE' })
  log.append(candidate('small'))
  t.match(log.next(6), { id: 7 })
})

t.test('append after closed -> nothing', async t => {
  const log = new EventLog()
  log.append(CLOSED)
  log.append(candidate())
  t.equal(log.lastId, 1)
})

t.test('startPeer -> where its events begin', async t => {
  const log = new EventLog()
  t.equal(log.peerStart, 0)
  log.append(candidate())
  log.startPeer()
  t.equal(log.peerStart, 1)
})

t.test(`subscribe -> told of each event until it ends; the oldest of more than ${MAX_READERS} is replaced`, async t => {
  const log = new EventLog()
  const told: string[] = []
  const ends = Array.from({ length: MAX_READERS + 1 }, (_, index) => log.subscribe({ onNews: () => told.push(`news ${index}`), onReplaced: () => told.push(`replaced ${index}`) }))
  t.strictSame(told, ['replaced 0'])
  told.length = 0
  ends[1]!()
  ends[0]!()
  log.append(candidate())
  t.strictSame(told, ['news 2', 'news 3', 'news 4'])
  log.wake()
  t.equal(told.length, 6)
})

import t from 'tap'
import { Inbox } from '../../plugin/peer/inbox.js'
import { DEFAULT_PEER_LIMITS, type PeerLimit, type PeerLimits } from '../../plugin/peer/limits.js'

function createInbox (limits: PeerLimits = {}) {
  const offences: PeerLimit[] = []
  const defects: unknown[] = []
  const inbox = new Inbox({ ...DEFAULT_PEER_LIMITS, ...limits }, limit => {
    offences.push(limit)
    inbox.close()
  }, error => defects.push(error))
  return { inbox, offences, defects }
}

/** As a listener that takes long. */
function spin (milliseconds: number): void {
  for (const end = performance.now() + milliseconds; performance.now() < end;);
}

async function turns (count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate)
}

/** Until messages are told as they come. On a busy machine that time may be over before it is used. */
async function openSlice (): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt++) {
    await turns(3)
    let isTold = false
    createInbox().inbox.receive(1, () => { isTold = true })
    if (isTold) return
  }
}

t.test('receive while the listeners are quick -> told at once', async t => {
  const { inbox } = createInbox()
  inbox.receive(1, () => {})
  let told: number[] = []
  // On a busy machine even these few may take longer than their time.
  for (let attempt = 0; attempt < 50 && told.length < 11; attempt++) {
    await turns(10)
    const now: number[] = told = []
    for (let number = 0; number < 10; number++) inbox.receive(1, () => now.push(number))
    inbox.afterMessages(() => now.push(10))
    told = [...now]
  }
  t.same(told, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  await turns(2)
})

t.test('receive while a listener is slow -> told in order in the turns to come, and what comes after messages after them', async t => {
  const { inbox } = createInbox()
  const told: unknown[] = []
  for (let number = 0; number < 10; number++) {
    inbox.receive(1, () => {
      spin(3)
      told.push(number)
    })
  }
  inbox.afterMessages(() => told.push('end'))
  t.ok(told.length < 10, `expected some to wait, found ${told.length} told`)
  await turns(12)
  t.same(told, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 'end'])
})

t.test('receive of one message after a slow inbox -> it waits for a slice, not for all the others', async t => {
  const slow = createInbox().inbox
  const { inbox } = createInbox()
  const told: string[] = []
  for (let number = 0; number < 20; number++) {
    slow.receive(1, () => {
      spin(2)
      told.push('slow')
    })
  }
  inbox.receive(1, () => told.push('other'))
  await turns(30)
  t.equal(told.length, 21)
  t.ok(told.indexOf('other') <= 8, `expected it among the first, found it as number ${told.indexOf('other')}`)
})

t.test('receive of more than may wait -> an offence, and what waited is dropped', async t => {
  const { inbox, offences } = createInbox({ maxQueuedAmount: 10_000 })
  let told = 0
  await openSlice()
  for (let number = 0; number < 20; number++) {
    inbox.receive(1000, () => {
      spin(12)
      told++
    })
  }
  t.same(offences, ['maxQueuedAmount'])
  t.equal(told, 1)
  await turns(5)
  t.equal(told, 1)
  t.ok(inbox.isClosed)
})

t.test('receive of one message larger than what may wait -> it waits', async t => {
  const { inbox, offences } = createInbox({ maxQueuedAmount: 1 })
  const told: string[] = []
  await openSlice()
  inbox.receive(1, () => {
    spin(12)
    told.push('first')
  })
  inbox.receive(200_000, () => told.push('large'))
  await turns(3)
  t.same(told, ['first', 'large'])
  t.same(offences, [])
})

t.test('a defect of what waits -> reported, and the next is told', async t => {
  const { inbox, defects } = createInbox()
  const defect = new Error('a defect')
  let isTold = false
  inbox.receive(1, () => spin(12))
  inbox.receive(1, () => { throw defect })
  inbox.receive(1, () => { isTold = true })
  await turns(3)
  t.same(defects, [defect])
  t.ok(isTold)
})

const OFFENCES: Partial<Record<PeerLimit, (inbox: Inbox, tell: () => void) => void>> = {
  maxMessageSize: (inbox, tell) => inbox.receive(101, tell),
  maxMessagesPerSecond: (inbox, tell) => { for (let number = 0; number < 60; number++) inbox.receive(1, tell) },
  maxBytesPerSecond: (inbox, tell) => { for (let number = 0; number < 20; number++) inbox.receive(100, tell) }
}

for (const [limit, offend] of Object.entries(OFFENCES)) {
  t.test(`receive of more than ${limit} -> an offence, once, and nothing after it is told`, async t => {
    const { inbox, offences } = createInbox({ maxMessageSize: 100, maxMessagesPerSecond: 50, maxBytesPerSecond: 1000 })
    let told = 0
    offend(inbox, () => { told++ })
    const before = told
    inbox.receive(1, () => { told++ })
    t.same(offences, [limit])
    t.equal(told, before)
    await turns(2)
  })
}

t.test('admitChannel more often than 50 times in a second -> an offence, however many messages there may be', async t => {
  const { inbox, offences } = createInbox({ maxMessagesPerSecond: Infinity })
  let made = 0
  while (made < 10_000 && inbox.admitChannel(10)) made++
  t.ok(made >= 50 && made < 10_000, `${made} channels`)
  t.same(offences, ['maxMessagesPerSecond'])
  t.notOk(inbox.admitChannel(10))
  t.same(offences, ['maxMessagesPerSecond'])
})

t.test('admitChannel -> counts as a message', async t => {
  const { inbox, offences } = createInbox({ maxMessagesPerSecond: 5 })
  for (let made = 0; made < 5; made++) t.ok(inbox.admitChannel(10))
  t.notOk(inbox.admitChannel(10))
  t.same(offences, ['maxMessagesPerSecond'])
})

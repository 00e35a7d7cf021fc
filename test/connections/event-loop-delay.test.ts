import { setImmediate as nextTurn } from 'node:timers/promises'
import t from 'tap'
import { EventLoopDelay } from '../../plugin/connections/event-loop-delay.js'
import { livePeerConnections } from '../../plugin/peer/native-connection.js'
import { createServer } from '../helpers/server.js'

const LIMIT = 100
/** How long a turn takes that is in time, and one that is late by more than the limit, in milliseconds. */
const IN_TIME = 52
const LATE = 160
/** How often is asked at most until the event loop is in time again. */
const ATTEMPTS = 20

/** An event loop that has had turns of so many milliseconds. */
function after (turns: readonly number[], limit = LIMIT): EventLoopDelay {
  let now = 0
  const delay = new EventLoopDelay(limit, now)
  for (const turn of turns) delay.measure(now += turn)
  return delay
}

function repeat (times: number, ...turns: number[]): number[] {
  return Array.from({ length: times }, () => turns).flat()
}

const CASES: Record<string, { turns: number[], overloaded: boolean }> = {
  'nothing yet': { turns: [], overloaded: false },
  'in time for an hour': { turns: repeat(72_000, IN_TIME), overloaded: false },
  'not quite late for an hour': { turns: repeat(24_000, 150), overloaded: false },
  'one pause of a minute': { turns: [60_000], overloaded: false },
  'a start of three long turns': { turns: [400, 1200, 300], overloaded: false },
  'a second of garbage collection in pauses of 200 ms, after turns in time': { turns: [...repeat(20, IN_TIME), ...repeat(4, 200)], overloaded: false },
  'a pause of 300 ms every second': { turns: repeat(1000, 300, ...repeat(14, IN_TIME)), overloaded: false },
  'late by turns, in time as long': { turns: repeat(1000, LATE, ...repeat(4, IN_TIME)), overloaded: false },
  'late for a second': { turns: repeat(7, LATE), overloaded: true },
  'late for nearly a second': { turns: repeat(6, LATE), overloaded: false },
  'four turns of ten seconds': { turns: repeat(4, 10_000), overloaded: true },
  'late most of the time': { turns: [...repeat(15, LATE, IN_TIME), LATE], overloaded: true },
  'late for a minute, then one turn in time': { turns: [...repeat(400, LATE), IN_TIME], overloaded: false },
  'the same, then one that is late': { turns: [...repeat(400, LATE), IN_TIME, LATE], overloaded: true },
  'late for a minute, then a second in time, then one turn that is late': { turns: [...repeat(400, LATE), ...repeat(20, IN_TIME), LATE], overloaded: false }
}

for (const [name, { turns, overloaded }] of Object.entries(CASES)) {
  t.test(`event loop: ${name} -> ${overloaded ? 'overloaded' : 'not overloaded'}`, async t => {
    t.equal(after(turns).isOverloaded, overloaded)
  })
}

t.test('event loop: no limit -> never overloaded', async t => {
  t.equal(after(repeat(100, 10_000), Infinity).isOverloaded, false)
})

t.test('POST /connections while the event loop is late -> 503, before there is a native peer; in time again -> 201', async t => {
  const server = await createServer(t, { maxEventLoopDelay: 30 })
  const asked = []
  for (let turn = 0; turn < 20; turn++) {
    block(120)
    await nextTurn()
    asked.push(server.request('POST', '/connections'))
  }
  const answers = await Promise.all(asked)
  t.equal(answers[0]!.statusCode, 201, 'not at once')
  const { statusCode, headers, json } = answers.at(-1)!
  t.equal(statusCode, 503)
  t.equal(headers['retry-after'], '1')
  t.match(json, { code: 'FST_WEBRTC_OVERLOADED', message: 'The server is overloaded: its event loop is late by more than 30 ms' })
  t.equal(livePeerConnections(), answers.filter(({ statusCode }) => statusCode === 201).length)
  t.equal((await server.request('GET', '/connections/unknown')).statusCode, 404, 'everything else is served')

  // As advised, and again where others keep the machine busy.
  let after = 503
  for (let attempt = 0; attempt < ATTEMPTS && after === 503; attempt++) {
    const asAdvised = performance.now() + 1000
    while (performance.now() < asAdvised) await nextTurn()
    after = (await server.request('POST', '/connections')).statusCode
  }
  t.equal(after, 201)
})

t.test('the same without a limit -> 201', async t => {
  const server = await createServer(t, { maxEventLoopDelay: Infinity })
  for (let turn = 0; turn < 12; turn++) {
    block(120)
    await nextTurn()
  }
  t.equal((await server.request('POST', '/connections')).statusCode, 201)
})

t.test('EventLoopDelay.stop() -> looks no more, while another does; harmless when called again', async t => {
  const [stopped, other] = [new EventLoopDelay(30), new EventLoopDelay(30)]
  for (const delay of [stopped, other]) {
    delay.start()
    t.teardown(() => delay.stop())
  }
  stopped.stop()
  stopped.stop()
  for (let turn = 0; turn < 12; turn++) {
    block(120)
    await nextTurn()
  }
  t.equal(stopped.isOverloaded, false)
  t.equal(other.isOverloaded, true)
})

/** Keeps the event loop busy. */
function block (milliseconds: number): void {
  const end = performance.now() + milliseconds
  while (performance.now() < end);
}

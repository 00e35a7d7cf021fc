import t from 'tap'
import { afterLook, inTurn } from '../../plugin/turns.js'

function spin (milliseconds: number): void {
  for (const end = performance.now() + milliseconds; performance.now() < end;);
}

/** Counts the turns of the event loop until it is asked to stop. */
function countTurns () {
  let turns = 0
  let isOver = false
  const next = () => {
    turns++
    if (!isOver) setImmediate(next)
  }
  setImmediate(next)
  return { get turns () { return turns }, stop () { isOver = true } }
}

t.test('inTurn of much work -> in order, and a few milliseconds of it between two turns of the event loop', async t => {
  const counter = countTurns()
  const done: { piece: number, turn: number }[] = []
  const results = await Promise.all(Array.from({ length: 12 }, (_, piece) => inTurn(() => {
    spin(3)
    done.push({ piece, turn: counter.turns })
    return piece
  })))
  counter.stop()
  t.same(results, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
  t.same(done.map(({ piece }) => piece), results)
  const ofOneTurn = Math.max(...done.map(({ turn }) => done.filter(other => other.turn === turn).length))
  t.ok(ofOneTurn <= 2, `at most ${ofOneTurn} pieces in a turn`)
})

t.test('inTurn of work that goes on in microtasks -> that counts too', async t => {
  const counter = countTurns()
  const turns: number[] = []
  await Promise.all(Array.from({ length: 6 }, async () => {
    await inTurn(() => {})
    await Promise.resolve()
    spin(5)
    turns.push(counter.turns)
  }))
  counter.stop()
  t.equal(new Set(turns).size, 6, 'a turn for each')
})

t.test('inTurn, afterLook of work that throws or rejects -> rejects, and the next is done', async t => {
  for (const call of [inTurn, afterLook]) {
    const [thrown, rejected, next] = await Promise.allSettled([
      call(() => { throw new Error('thrown') }),
      call(async () => { throw new Error('rejected') }),
      call(() => 'next')
    ])
    t.match(thrown, { reason: { message: 'thrown' } })
    t.match(rejected, { reason: { message: 'rejected' } })
    t.match(next, { value: 'next' })
  }
})

t.test('afterLook while there is always work to do -> does not wait until it is done', async t => {
  let left = 400
  const work = async (): Promise<void> => {
    while (--left > 0) await inTurn(() => spin(1))
  }
  const all = Promise.all([work(), work(), work(), work()])
  await inTurn(() => {})
  await afterLook(() => {})
  t.ok(left > 100, `${left} pieces of work are still to be done`)
  await all
})

t.test('afterLook while turns are long -> waits until one is short', async t => {
  let longTurns = 20
  await whileTurnsAreLong(() => --longTurns > 0)
  t.equal(longTurns, 0)
})

t.test('afterLook while every turn is long, for ever -> is done all the same, later', async t => {
  let isOver = false
  const started = performance.now()
  await whileTurnsAreLong(() => !isOver && performance.now() - started < 10_000)
  isOver = true
  const time = performance.now() - started
  t.ok(time > 50 && time < 10_000, `after ${time.toFixed(0)} ms`)
})

async function whileTurnsAreLong (isLong: () => boolean): Promise<void> {
  const beLong = () => {
    spin(2)
    if (isLong()) setImmediate(beLong)
  }
  setImmediate(beLong)
  for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate)
  await afterLook(() => {})
}

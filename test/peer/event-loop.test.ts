import t from 'tap'
import { shortTurn } from '../../plugin/peer/event-loop.js'

t.test('shortTurn while every turn is long waits until one is short', async t => {
  let longTurns = 5
  const beLong = () => {
    for (const end = performance.now() + 3; performance.now() < end;);
    if (--longTurns > 0) setImmediate(beLong)
  }
  setImmediate(beLong)
  await shortTurn()
  t.equal(longTurns, 0)
})

t.test('shortTurn while no turn is short ends all the same', async t => {
  let isOver = false
  const beLong = () => {
    for (const end = performance.now() + 1.1; performance.now() < end;);
    if (!isOver) setImmediate(beLong)
  }
  setImmediate(beLong)
  await shortTurn()
  isOver = true
  t.pass('after a bounded number of turns')
})

import t from 'tap'
import { Operations } from '../../plugin/connections/operations.js'
import { signal } from '../helpers/deadline.js'

t.test('run -> while an operation runs -> waits for it', async t => {
  const operations = new Operations()
  const first = signal<string>()
  const order: string[] = []
  const results = [
    operations.run(async () => { order.push(await first.promise) }),
    operations.run(() => { order.push('second') }),
    operations.run(async () => { order.push('third') })
  ]
  await new Promise(setImmediate)
  t.strictSame(order, [])
  first.resolve('first')
  await Promise.all(results)
  t.strictSame(order, ['first', 'second', 'third'])
})

t.test('run -> an operation that returns -> its result', async t => {
  t.equal(await new Operations().run(() => 1), 1)
  t.equal(await new Operations().run(async () => 2), 2)
})

t.test('run -> an operation that throws or rejects -> says so, and the next runs', async t => {
  const operations = new Operations()
  const thrown = operations.run(() => { throw new Error('thrown') })
  const rejected = operations.run(async () => { throw new Error('rejected') })
  const next = operations.run(() => 'next')
  await t.rejects(thrown, { message: 'thrown' })
  await t.rejects(rejected, { message: 'rejected' })
  t.equal(await next, 'next')
})

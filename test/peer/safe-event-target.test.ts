import { runInNewContext } from 'node:vm'
import t from 'tap'
import { SafeEventTarget, type Listener } from '../../plugin/peer/safe-event-target.js'
import { signal, within } from '../helpers/deadline.js'

interface EventMap {
  ring: { type: 'ring', count?: number }
  stop: { type: 'stop' }
}

class Bell extends SafeEventTarget<EventMap> {
  onring: unknown = null
}

function createBell (): { bell: Bell, errors: [error: unknown, where: string][] } {
  const errors: [unknown, string][] = []
  return { bell: new Bell((error, where) => errors.push([error, where])), errors }
}

t.test('dispatch calls the handler property, then the listeners in the order in which they were added', async t => {
  const { bell } = createBell()
  const calls: string[] = []
  bell.addEventListener('ring', () => calls.push('first'))
  bell.addEventListener('stop', () => calls.push('of another event'))
  bell.addEventListener('ring', { handleEvent: () => calls.push('second') })
  bell.onring = () => calls.push('handler')
  bell.dispatch({ type: 'ring' })
  t.same(calls, ['handler', 'first', 'second'])
})

t.test('a listener gets the event, and the target as this', async t => {
  const { bell } = createBell()
  const event = { type: 'ring', count: 3 } as const
  const object = { handleEvent (event: unknown) { t.equal(this, object); t.equal(event, expected) } }
  const expected = event
  t.plan(4)
  bell.addEventListener('ring', function (this: unknown, event) {
    t.equal(this, bell)
    t.equal(event, expected)
  })
  bell.addEventListener('ring', object)
  bell.dispatch(event)
})

t.test('a listener that was added twice is called once', async t => {
  const { bell } = createBell()
  let calls = 0
  const listener = () => { calls++ }
  bell.addEventListener('ring', listener)
  bell.addEventListener('ring', listener, { once: true })
  bell.dispatch({ type: 'ring' })
  bell.dispatch({ type: 'ring' })
  t.equal(calls, 2, 'and the first addition counts, as in a browser')
})

t.test('a listener with once is called once, also when it makes the event happen again', async t => {
  const { bell } = createBell()
  let calls = 0
  bell.addEventListener('ring', () => {
    calls++
    bell.dispatch({ type: 'ring' })
  }, { once: true })
  bell.dispatch({ type: 'ring' })
  t.equal(calls, 1)
})

t.test('addEventListener with useCapture in place of options adds a listener that stays', async t => {
  const { bell } = createBell()
  let calls = 0
  bell.addEventListener('ring', () => calls++, true)
  bell.dispatch({ type: 'ring' })
  bell.dispatch({ type: 'ring' })
  t.equal(calls, 2)
})

t.test('removeEventListener removes a listener; null and strangers are ignored', async t => {
  const { bell } = createBell()
  let calls = 0
  const listener = () => { calls++ }
  bell.addEventListener('ring', null)
  bell.addEventListener('ring', listener)
  bell.removeEventListener('ring', null)
  bell.removeEventListener('ring', () => {})
  bell.removeEventListener('stop', listener)
  bell.dispatch({ type: 'ring' })
  bell.removeEventListener('ring', listener)
  bell.dispatch({ type: 'ring' })
  t.equal(calls, 1)
})

t.test('a listener that an earlier one removes is not called, one that is added is called the next time', async t => {
  const { bell } = createBell()
  const calls: string[] = []
  const removed = () => calls.push('removed')
  const added = () => calls.push('added')
  bell.addEventListener('ring', () => {
    calls.push('first')
    bell.removeEventListener('ring', removed)
    bell.addEventListener('ring', added)
  })
  bell.addEventListener('ring', removed)
  bell.dispatch({ type: 'ring' })
  t.same(calls, ['first'])
  bell.dispatch({ type: 'ring' })
  t.same(calls, ['first', 'first', 'added'])
})

for (const listener of [undefined, 'ring', {}, 7]) {
  t.test(`addEventListener with ${JSON.stringify(listener)} throws a TypeError`, async t => {
    const { bell } = createBell()
    t.throws(() => bell.addEventListener('ring', listener as Listener<EventMap['ring']>), { name: 'TypeError', message: `addEventListener('ring'): expected a function or an object with handleEvent, found ${typeof listener}` })
  })
}

t.test('a handler property that is no function is not called', async t => {
  const { bell, errors } = createBell()
  bell.onring = 'not a function'
  bell.dispatch({ type: 'ring' })
  t.same(errors, [])
})

const FAILURES: Record<string, (error: unknown) => unknown> = {
  throws: error => { throw error },
  rejects: error => Promise.reject(error),
  'rejects with a promise of another realm': error => runInNewContext('error => Promise.reject(error)')(error)
}

for (const [name, fail] of Object.entries(FAILURES)) {
  for (const error of [new Error('of the application'), undefined, null, 'a string']) {
    t.test(`a listener that ${name} with ${error} is reported with the event's type, and the others are called`, async t => {
      const reported = signal<[unknown, string]>()
      const bell = new Bell((error, where) => reported.resolve([error, where]))
      let isCalled = false
      bell.addEventListener('ring', () => fail(error))
      bell.addEventListener('ring', () => { isCalled = true })
      bell.dispatch({ type: 'ring' })
      t.ok(isCalled)
      t.same(await within(reported.promise, 'a report'), [error, 'ring'])
    })
  }
}

t.test('a handler property that throws is reported, and the listeners are called', async t => {
  const { bell, errors } = createBell()
  const error = new Error('of the application')
  let isCalled = false
  bell.onring = () => { throw error }
  bell.addEventListener('ring', () => { isCalled = true })
  bell.dispatch({ type: 'ring' })
  t.ok(isCalled)
  t.same(errors, [[error, 'ring']])
})

t.test('what a listener returns is not awaited: a promise that never settles, something with a then of its own', async t => {
  const { bell, errors } = createBell()
  const then = () => { throw new Error('not to be called') }
  bell.addEventListener('ring', () => new Promise(() => {}))
  bell.addEventListener('ring', () => ({ then }))
  bell.dispatch({ type: 'ring' })
  await new Promise(setImmediate)
  t.same(errors, [])
})

t.test('an error handler that throws itself becomes a warning of the process', async t => {
  const warned = signal<Error>()
  process.once('warning', warned.resolve)
  const bell = new Bell(() => { throw Object.create(null) })
  bell.addEventListener('ring', () => { throw new Error('of the application') })
  t.doesNotThrow(() => bell.dispatch({ type: 'ring' }))
  t.match(await within(warned.promise, 'a warning'), { message: /^the error handler failed, in / })
})

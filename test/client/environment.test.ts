import t from 'tap'
import { environment } from '../../generated-client/environment.js'

t.test('onWake -> calls back for online, pageshow, visibilitychange and a changed connection, until it is ended', async t => {
  const [window, document, connection] = [new EventTarget(), new EventTarget(), new EventTarget()]
  t.intercept(globalThis, 'addEventListener', { value: window.addEventListener.bind(window) })
  t.intercept(globalThis, 'removeEventListener', { value: window.removeEventListener.bind(window) })
  t.intercept(globalThis, 'document', { value: document })
  t.intercept(globalThis, 'navigator', { value: { connection } })
  let count = 0
  const end = environment.onWake(() => { count++ })
  const events: [EventTarget, string][] = [[window, 'online'], [window, 'pageshow'], [document, 'visibilitychange'], [connection, 'change']]
  for (const [target, type] of events) target.dispatchEvent(new Event(type))
  t.equal(count, 4)
  end()
  for (const [target, type] of events) target.dispatchEvent(new Event(type))
  t.equal(count, 4)
})

t.test('onWake in Node -> nothing to hear of, and no harm', async t => {
  t.doesNotThrow(environment.onWake(() => t.fail('expected no call')))
})

t.test('setTimeout, clearTimeout, now, random -> the real ones', async t => {
  const before = environment.now()
  environment.clearTimeout(environment.setTimeout(() => t.fail('expected no call'), 1))
  await new Promise<void>(resolve => environment.setTimeout(resolve, 20))
  t.ok(environment.now() - before >= 15)
  const random = environment.random()
  t.ok(random >= 0 && random < 1)
})

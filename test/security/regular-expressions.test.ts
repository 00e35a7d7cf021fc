import { check } from 'recheck'
import t from 'tap'
import { median } from '../helpers/median.js'
import { readModules } from '../repository/modules.js'
import { readRegularExpressions } from '../repository/regular-expressions.js'

/** As much as a description may have beside its candidates. */
const LENGTH = 16384
/** Milliseconds. What grows with the square of the length takes hundreds. */
const TIME = 2
const RUNS = 5

const expressions = [...readModules(['plugin', 'schemas', 'generated-client']).keys()].flatMap(readRegularExpressions)

/** What repeats is what an expression that goes back does again and again. */
const UNITS = [' ', '\n', '\r', '/', ':', '=', '?', '0', 'a', 'é', '00:', ' a', ' 1', 'a=\n', '\nm=', '.local ', ':a', '.1', 'stereo=']
const HEADS = ['', 'a', 'v=0\n', 'm=application ', 'm=application 9 ', 'a=candidate:', 'a=candidate:1 1 UDP 1 ', 'candidate:1 1 udp 1 ', 'a=fingerprint:sha-256 ', 'sha-256 ', '1 1 udp 1 ', '1 1 udp 1 a 1 typ host', 'c=IN ', 'a=fmtp:1 ', 'a=rtpmap:1 opus/48000/2', '/', '::ffff:', 'stun:', 'turn:a?transport=']
const TAILS = ['', '\0']

const texts = HEADS.flatMap(head => UNITS.flatMap(unit => TAILS.map(tail => head + unit.repeat(Math.floor((LENGTH - head.length - tail.length) / unit.length)) + tail)))

t.test('the expressions of the sources -> found', async t => {
  t.ok(expressions.length > 30, `${expressions.length}`)
  t.ok(expressions.some(({ expression }) => expression.source.includes('1 udp')))
  t.ok(expressions.some(({ expression }) => expression.source.includes('fmtp:1')), 'one that is made of text')
})

for (const { where, expression } of expressions) {
  t.test(`${where} ${expression} -> safe, and 16 KiB of the worst in less than ${TIME} ms`, async t => {
    const { status } = await check(expression.source, expression.flags)
    t.equal(status, 'safe')
    let slowest = { time: 0, text: '' }
    for (const text of texts) {
      const time = measure(expression, text)
      if (time > slowest.time) slowest = { time, text }
    }
    t.ok(slowest.time < TIME, `${slowest.time.toFixed(3)} ms: ${JSON.stringify(slowest.text.slice(0, 60))}`)
  })
}

t.test('an expression that is not safe -> found, by its kind and by its time', async t => {
  const expression = /(\s|a)+,$/
  t.equal((await check(expression.source, expression.flags)).status, 'vulnerable')
  t.ok(measure(expression, 'a'.repeat(LENGTH)) > TIME)
})

/** The first match, or all of them where the flags say so. The median of several, for what is long enough to be looked at again. */
function measure (expression: RegExp, text: string): number {
  const times: number[] = []
  do {
    const started = performance.now()
    text.replace(expression, '')
    times.push(performance.now() - started)
  } while (times[0]! > TIME && times.length < RUNS)
  return median(times)
}

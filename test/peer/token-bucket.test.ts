import t from 'tap'
import { TokenBucket } from '../../plugin/peer/token-bucket.js'

t.test('take as many as a second has, at once, and no more', async t => {
  const bucket = new TokenBucket(10, 0)
  t.ok(bucket.take(10, 0))
  t.notOk(bucket.take(1, 0))
})

t.test('take at the rate, again and again', async t => {
  const bucket = new TokenBucket(10, 0)
  bucket.take(10, 0)
  for (let second = 1; second <= 100; second++) t.ok(bucket.take(10, second * 1000))
  t.notOk(bucket.take(1, 100_000))
})

t.test('take after a long pause: as many as a second has, and no more', async t => {
  const bucket = new TokenBucket(10, 0)
  t.ok(bucket.take(10, 3_600_000))
  t.notOk(bucket.take(1, 3_600_000))
})

t.test('take of Infinity: always', async t => {
  const bucket = new TokenBucket(Infinity, 0)
  for (let taken = 0; taken < 10; taken++) t.ok(bucket.take(Number.MAX_SAFE_INTEGER, 0))
  t.ok(bucket.take(1, Number.MAX_SAFE_INTEGER))
})

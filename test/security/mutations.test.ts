import t from 'tap'
import { runChild } from '../helpers/child.js'

const COUNT = 5000

t.test(`${COUNT} mutations of real offers and answers -> no crash, no hang, each accepted or refused with a 4xx, everything released`, async t => {
  t.setTimeout(120_000)
  const { exitCode, signal, timedOut, stdout, stderr } = await runChild(new URL('mutations.ts', import.meta.url), { args: [String(COUNT)], deadline: 100_000 })
  t.equal(timedOut, false)
  t.equal(signal, null)
  t.equal(exitCode, 0, stderr)
  const { statuses, slowest, before, after, unexpected } = JSON.parse(stdout)
  t.strictSame(unexpected, [])
  t.equal(Object.values<number>(statuses).reduce((sum, count) => sum + count), COUNT)
  for (const status of Object.keys(statuses)) t.match(status, /^(offer 201|answer 200|(offer|answer) 4\d\d)$/)
  for (const status of ['offer 201', 'offer 400', 'answer 200', 'answer 400']) t.ok(statuses[status] > COUNT / 20, `${statuses[status]} x ${status}`)
  t.ok(slowest < 1000, `the slowest took ${slowest} ms`)
  t.ok(after.files <= before.files, `${after.files} file descriptors after ${before.files}`)
  t.ok(after.threads <= before.threads, `${after.threads} threads after ${before.threads}`)
})

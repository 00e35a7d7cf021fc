import t from 'tap'
import { runChild } from '../helpers/child.js'

const script = new URL('hostname-candidates.ts', import.meta.url)

t.test('POST /connections/:id/remote-description with 500 candidates that have names -> 200, no thread and no DNS look-up', async t => {
  const { exitCode, stdout, stderr } = await runChild(script)
  t.equal(exitCode, 0, stderr)
  const { before, most, bytes, statusCode, applied } = JSON.parse(stdout)
  t.equal(statusCode, 200)
  t.ok(bytes <= 32768, `${bytes} bytes`)
  t.strictSame(most, before)
  t.equal(most.dnsSockets, 0)
  t.equal(applied, 30, 'mDNS names of a client on this host, as its address')
})

t.test('500 candidates that have names, without the plugin -> threads and look-ups, which the count sees', async t => {
  const { exitCode, stdout, stderr } = await runChild(script, { args: ['native'] })
  t.equal(exitCode, 0, stderr)
  const { before, most } = JSON.parse(stdout)
  t.ok(most.threads > before.threads + 50, `${most.threads} threads after ${before.threads}`)
})

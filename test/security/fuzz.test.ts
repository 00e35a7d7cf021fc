import t from 'tap'
import { runChild } from '../helpers/child.js'

const script = new URL('fuzz/fuzz.ts', import.meta.url)
const COUNT = 700
const MEBIBYTE = 2 ** 20

/** What has been found once is found again; what nobody has found yet, perhaps. */
const SEEDS = [1, Math.floor(Math.random() * 2 ** 31)]

// A busy machine takes several times as long.
t.setTimeout(300_000)

for (const seed of SEEDS) {
  t.test(`${COUNT} inputs of seed ${seed} -> no crash, no hang, no 5xx, no answer that breaks the document, no refusal longer than 5 ms, everything released`, async t => {
    t.setTimeout(300_000)
    const { exitCode, signal, timedOut, stdout, stderr } = await runChild(script, { args: [String(COUNT), String(seed)], deadline: 200_000 })
    t.equal(timedOut, false)
    t.equal(signal, null)
    t.equal(exitCode, 0, stderr)
    const { inputs, failures, statuses, samples, end } = JSON.parse(stdout)
    t.strictSame(failures, [])
    t.equal(inputs, COUNT)
    for (const status of ['POST /connections 201', 'POST /connections 400', 'POST /connections/:id/remote-description 200', 'POST /connections/:id/remote-description 400', 'POST /connections/:id/remote-description 409']) {
      t.ok(statuses[status] > COUNT / 50, `${statuses[status]} x ${status}`)
    }
    t.ok(end.connected > 0, `${end.connected} peers connected`)
    const [first] = samples
    t.ok(end.threads <= first.threads, `${end.threads} threads after ${first.threads}`)
    // Some are sockets of HTTP that stay open.
    t.ok(end.files <= first.files + 10, `${end.files} file descriptors after ${first.files}`)
    t.ok(end.rss < first.rss + 32 * MEBIBYTE, `${end.rss / MEBIBYTE} MiB after ${first.rss / MEBIBYTE}`)
  })
}

import t from 'tap'
import { runChild } from '../helpers/child.js'

const script = new URL('fuzz/fuzz.ts', import.meta.url)

/** What the server of the fuzz is made to do, and what the fuzz must say of it. */
const DEFECTS = {
  abort: /the server ended with SIGABRT/,
  hang: /the server hangs/,
  pollution: /a prototype has got 0 polluted/,
  slow: /longer than 5 ms/
}

// A busy machine takes several times as long.
t.setTimeout(300_000)
t.jobs = 4

for (const [defect, message] of Object.entries(DEFECTS)) {
  t.test(`inputs for a server with the defect '${defect}' -> found`, async t => {
    t.setTimeout(300_000)
    const { exitCode, stdout, stderr } = await runChild(script, { args: ['30', '1', defect], deadline: 120_000 })
    t.equal(exitCode, 1, stderr)
    t.match(JSON.parse(stdout).failures.join('\n'), message)
  })
}

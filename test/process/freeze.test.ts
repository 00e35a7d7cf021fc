import t from 'tap'
import { runChild } from '../helpers/child.js'

t.setTimeout(120_000)

const SCRIPT = new URL('freeze.ts', import.meta.url)

const { stdout } = await runChild(SCRIPT, { args: ['list'] })
for (const action of JSON.parse(stdout) as string[]) {
  t.test(`a far end that opens and floods channels while JavaScript computes, which then ${action}: nothing freezes`, async t => {
    const { stdout, stderr, exitCode, signal, timedOut } = await runChild(SCRIPT, { args: [action] })
    t.same({ exitCode, signal, timedOut }, { exitCode: 0, signal: null, timedOut: false }, stderr)
    t.equal(stdout.trim(), 'live 0')
  })
}

import t from 'tap'
import { runChild } from '../helpers/child.js'

t.jobs = 3
t.setTimeout(120_000)

const SCRIPT = new URL('exit.ts', import.meta.url)

/** Enough for the process to start on a busy machine; a process that does not end by itself is killed then. */
const DEADLINE = 20_000

const { stdout } = await runChild(SCRIPT, { args: ['list'] })
const states: string[] = JSON.parse(stdout)
t.ok(states.length > 10)

for (const state of states) {
  t.test(`a process ends by itself when it has released a peer: ${state}`, { buffered: true }, async t => {
    const { stdout, stderr, exitCode, signal, timedOut } = await runChild(SCRIPT, { args: [state], deadline: DEADLINE })
    t.same({ exitCode, signal, timedOut }, { exitCode: 0, signal: null, timedOut: false }, stderr)
    t.equal(stdout.trim(), 'live 0')
  })
}

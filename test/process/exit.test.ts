import t from 'tap'
import { runChild, startChild } from '../helpers/child.js'

t.jobs = 3
t.setTimeout(120_000)

const SCRIPT = new URL('exit.ts', import.meta.url)

/** From the release to the end, in milliseconds, on a busy machine. What only garbage collection lets go of takes 7 s, or for ever. */
const AT_ONCE = 8000

const { stdout } = await runChild(SCRIPT, { args: ['list'] })
const states: string[] = JSON.parse(stdout)
t.ok(states.length > 10)

for (const state of states) {
  t.test(`a process ends by itself, at once, when it has released a peer: ${state}`, { buffered: true }, async t => {
    const child = startChild(SCRIPT, { args: [state] })
    t.equal(await child.line(20_000), 'live 0')
    const begin = performance.now()
    const { stderr, exitCode, signal, timedOut } = await child.ended
    const time = performance.now() - begin
    t.same({ exitCode, signal, timedOut }, { exitCode: 0, signal: null, timedOut: false }, stderr)
    t.ok(time < AT_ONCE, `expected less than ${AT_ONCE} ms, found ${time}`)
  })
}

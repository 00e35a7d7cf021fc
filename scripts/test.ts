/** Every check there is: types, style, all tests, coverage. The last line counts them; the exit code is tap's, or 1 when another check failed. */
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { ensureChromium } from './chromium.js'

const RESULTS = '.tap/results.tap'
const SUMMARY = /^# \{ total: \d+(?:, pass: (\d+))?(?:, fail: (\d+))?.* \}$/gm

process.env.CHROMIUM_PATH = ensureChromium()
const checks = [run('npm', 'run', '--silent', 'typecheck'), run('npm', 'run', '--silent', 'lint')].map(code => code === 0)

rmSync(RESULTS, { force: true })
const code = run('tap', `--output-file=${RESULTS}`)
const tests = readResults()
// With every test passed, what is left to fail is the coverage.
if (tests.failed === 0) checks.push(code === 0)

const passed = tests.passed + checks.filter(Boolean).length
const failed = tests.failed + checks.filter(isGood => !isGood).length
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = code || Number(failed > 0)

/** The exit code, as a shell would say it. */
function run (command: string, ...args: string[]): number {
  console.log(`> ${[command, ...args].join(' ')}`)
  return spawnSync(command, args, { stdio: 'inherit' }).status ?? 1
}

function readResults (): { passed: number, failed: number } {
  const [, passed = 0, failed = 0] = [...readFileSync(RESULTS, 'utf8').matchAll(SUMMARY)].at(-1) ?? []
  return { passed: Number(passed), failed: Number(failed) }
}

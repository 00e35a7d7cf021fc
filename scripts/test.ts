/** Every check there is: types, style, all tests, coverage. The last line counts them; the exit code is tap's, or 1 when another check failed. */
import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { ensureChromium } from './chromium.js'
import { mendCoverage } from './coverage.js'
import { ensureFfmpeg } from './ffmpeg.js'
import { ensureFirefox } from './firefox.js'
import { ensureNamespaces } from './namespaces.js'
import { ensureNatsServer } from './nats-server.js'
import { ensureTurnServer } from './turn-server.js'

process.env.CHROMIUM_PATH = ensureChromium()
const firefox = ensureFirefox()
if (firefox) process.env.FIREFOX_PATH = firefox
ensureTurnServer()
ensureNatsServer()
ensureNamespaces()
ensureFfmpeg()
const checks = [
  ...await Promise.all(['typecheck', 'lint'].map(script => run('npm', 'run', '--silent', script))),
  // With the plugins of .taprc, which `tap` would not have loaded before its next run.
  await run('tap', 'build')
].map(code => code === 0)
const tests = await runTests()
mendCoverage()
checks.push(await run('tap', 'report') === 0)

const passed = tests.passed + checks.filter(Boolean).length
const failed = tests.failed + checks.filter(isGood => !isGood).length
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = tests.code || Number(failed > 0)

async function run (command: string, ...args: string[]): Promise<number> {
  console.log(`> ${[command, ...args].join(' ')}`)
  return await ended(spawn(command, args, { stdio: 'inherit' }))
}

/** A line for each file, with all it said if it failed. */
async function runTests (): Promise<{ code: number, passed: number, failed: number }> {
  console.log('> tap')
  const tap = spawn('tap', ['--reporter=tap', '--allow-incomplete-coverage', '--coverage-report=none'], { stdio: ['inherit', 'pipe', 'inherit'] })
  const code = ended(tap)
  let passed = 0
  let failed = 0
  let said: string[] = []
  for await (const line of createInterface(tap.stdout)) {
    const [, pass, fail] = /^# \{ total: \d+(?:, pass: (\d+))?(?:, fail: (\d+))?.* \}$/.exec(line) ?? []
    passed += Number(pass ?? 0)
    failed += Number(fail ?? 0)
    if (/^( {4}|# Subtest: |$)/.test(line)) {
      said.push(line)
    } else {
      if (line.startsWith('not ok')) console.log(said.join('\n'))
      said = []
      console.log(line)
    }
  }
  return { code: await code, passed, failed }
}

/** The exit code of a process, or 1 if it could not be started or was killed. */
function ended (child: ChildProcess): Promise<number> {
  return new Promise(resolve => child.on('error', () => resolve(1)).on('close', code => resolve(code ?? 1)))
}

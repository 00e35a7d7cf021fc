/** Runs the clients of examples/clients/ whose tools are installed, and holds docs/clients.md against what they did. Arguments: languages, all unless there are some; `--write` writes the document. With CI set, those that are required may not be left out. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { findExecutable } from '../helpers/executable.js'
import { startEchoServer, type EchoServer } from './echo-server.js'
import { createRow, readRow, writeRows } from './interop-matrix.js'
import { LANGUAGES, type Language } from './languages.js'

/** How many times in a row each client connects in each direction, without one failure. */
const TIMES = 50

/** How many clients run at a time. */
const AT_A_TIME = 2

/** A first build loads and compiles everything, in milliseconds. */
const TIME_TO_BUILD = 15 * 60_000
const TIME_TO_RUN = 5 * 60_000

/** What the programs end with where the server refuses, by its prefix. */
const REFUSALS = { full: '503 FST_WEBRTC_TOO_MANY_CONNECTIONS: Too many connections', guarded: '401 UNAUTHORIZED: Who are you?' }

/** What a client says, in this order. A native library may have more to say when it ends. */
const LINES = [...Array<RegExp>(2 * TIMES).fill(/^connected after [\d.]+ ms, 100 messages$/), /^404 FST_WEBRTC_CONNECTION_NOT_FOUND$/, /^400 FST_WEBRTC_INVALID_DESCRIPTION$/]

const { values: { write = false }, positionals: folders } = parseArgs({ allowPositionals: true, options: { write: { type: 'boolean' } } })

const rows = new Map<Language, string>()
const failures: string[] = []
// While clients run, which mostly wait for their peers, the next is built.
const runs: Promise<void>[] = []
const waiting: (() => void)[] = []
let running = 0
for (const language of LANGUAGES.filter(({ folder }) => folders.length === 0 || folders.includes(folder))) {
  const missing = await findMissing(language)
  if (missing) {
    console.log(`left out - ${language.name}: ${missing}`)
    if (process.env.CI && language.isRequired) failures.push(`${language.name}: left out`)
    continue
  }
  const built = await attempt(language, 'built', () => build(language))
  if (built) runs.push(whenThereIsRoom(async () => { await attempt(language, 'run', async () => { rows.set(language, await test(language)) }) }))
}
await Promise.all(runs)
if (write) writeRows(rows)
console.log(`${rows.size} passed, ${failures.length} failed`)
process.exitCode = Number(failures.length > 0)

/** Runs it when there are few enough, in the order in which they came. */
async function whenThereIsRoom (action: () => Promise<void>): Promise<void> {
  if (running === AT_A_TIME) await new Promise<void>(resolve => { waiting.push(resolve) })
  else running++
  await action()
  const next = waiting.shift()
  if (next) next()
  else running--
}

/** Does a step, and says how long it took or why it failed; whether it did not. */
async function attempt ({ name }: Language, step: string, action: () => Promise<void>): Promise<boolean> {
  const start = performance.now()
  try {
    await action()
    console.log(`ok - ${name}: ${step} in ${Math.round((performance.now() - start) / 1000)} s`)
    return true
  } catch (error) {
    failures.push(`${name}: ${(error as Error).message}`)
    console.log(`not ok - ${failures.at(-1)}`)
    return false
  }
}

/** What is not there to run it, in words. */
async function findMissing (language: Language): Promise<string | undefined> {
  const tools = language.tools.filter(tool => !findExecutable('', [tool]))
  if (tools.length > 0) return `there is no ${tools.join(' and no ')}`
  if (!language.probe) return undefined
  const { code, output } = await run(language, language.probe, TIME_TO_RUN).catch(({ message }: Error) => ({ code: 1, output: message }))
  return code === 0 ? undefined : output.trimEnd().split('\n').at(-1)
}

async function build (language: Language): Promise<void> {
  for (const command of language.build) {
    const { code, output } = await run(language, command, TIME_TO_BUILD)
    if (code !== 0) throw new Error(`${command} ended with ${code}:\n${output}`)
  }
}

/** Its row of the matrix. Throws when anything is not as it should be. */
async function test (language: Language): Promise<string> {
  const server = await startEchoServer()
  try {
    return await converse(language, server)
  } finally {
    await server.app.close()
  }
}

async function converse (language: Language, { url, countConnections, peers }: EchoServer): Promise<string> {
  const client = await run(language, `${language.client} ${url}/echo ${TIMES}`, TIME_TO_RUN)
  if (client.code !== 0 || !beginsWith(client.stdout, LINES)) throw new Error(`ended with ${client.code}: ${client.output}`)
  for (const [prefix, refusal] of Object.entries(REFUSALS)) {
    const { code, output } = await run(language, `${language.client} ${url}/${prefix}`, TIME_TO_RUN)
    if (code !== 1 || !output.includes(refusal)) throw new Error(`expected to end with 1 and ${refusal}, found ${code} and ${output}`)
  }
  const interop = await run(language, `${language.interop} ${url}/media`, TIME_TO_RUN)
  if (interop.code !== 0) throw new Error(`ended with ${interop.code}: ${interop.output}`)
  if (countConnections() > 0) throw new Error(`left ${countConnections()} connections open`)
  const row = createRow(language, peers)
  if (!row.includes(`| ${TIMES} of ${TIMES} | ${TIMES} of ${TIMES} |`)) throw new Error(`expected no failure, found ${row}`)
  if (!write && row !== readRow(language)) throw new Error(`docs/clients.md says otherwise: ${row}`)
  return row
}

function beginsWith (stdout: string, expected: RegExp[]): boolean {
  const lines = stdout.split('\n')
  return expected.every((line, index) => line.test(lines[index]!))
}

/** Runs a command in the folder of a language; `output` is what it said on both of its outputs. */
function run ({ folder }: Language, command: string, deadline: number): Promise<{ code: number | string, stdout: string, output: string }> {
  const [file, ...args] = command.split(' ')
  const child = spawn(file!, args, { cwd: fileURLToPath(new URL(`../../examples/clients/${folder}/`, import.meta.url)), stdio: ['ignore', 'pipe', 'pipe'], timeout: deadline, killSignal: 'SIGKILL' })
  let stdout = ''
  let output = ''
  child.stdout.setEncoding('utf8').on('data', text => {
    stdout += text
    output += text
  })
  child.stderr.setEncoding('utf8').on('data', text => { output += text })
  return new Promise((resolve, reject) => child.on('error', reject).on('close', (code, signal) => resolve({ code: code ?? signal!, stdout, output })))
}

import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { within } from './deadline.js'

export interface ChildOptions {
  /** Arguments of the script. */
  args?: readonly string[]
  /** Options of node, such as `--expose-gc`. */
  execArgv?: readonly string[]
  /** Variables of its environment, beside those of this process. */
  env?: NodeJS.ProcessEnv
  /** After how many milliseconds the child is killed. Default 20000. */
  deadline?: number
  /** The most file descriptors that the child may have (`ulimit -n`). */
  maxFiles?: number
  /** The network namespace that it runs in, by the name that iproute2 has for it. Default this one's. */
  namespace?: string
}

export interface ChildResult {
  /** Null when a signal ended it. */
  exitCode: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
  /** Whether it had to be killed. */
  timedOut: boolean
}

export interface RunningChild {
  process: ChildProcess
  /** Settles when it has ended. Never rejects. */
  ended: Promise<ChildResult>
  /** The next line of its output; lines that nobody has asked for yet are kept. */
  line (milliseconds?: number): Promise<string>
  /** Writes a line to its input. */
  write (line: string): void
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Runs a TypeScript file in a process of its own, for what may abort, freeze or outlive it. Kills it at its deadline. */
export function startChild (script: URL | string, { args = [], execArgv = [], env = {}, deadline = 20_000, maxFiles, namespace }: ChildOptions = {}): RunningChild {
  // What tap loads into its test files would keep the child from measuring itself. It puts NODE_OPTIONS back into whatever a test spawns.
  const command = ['env', '-u', 'NODE_OPTIONS', process.execPath, '--import', 'tsx', ...execArgv, script instanceof URL ? fileURLToPath(script) : script, ...args]
  // The shell and iproute2 replace themselves by the child, so that signals reach it.
  const limited = maxFiles === undefined ? command : ['sh', '-c', `ulimit -n ${maxFiles}; exec "$@"`, 'sh', ...command]
  const [file, ...rest] = namespace === undefined ? limited : ['ip', 'netns', 'exec', namespace, ...limited]
  const child = spawn(file!, rest, { cwd: ROOT, env: { ...process.env, ...env }, stdio: 'pipe' })

  const result: ChildResult = { exitCode: null, signal: null, stdout: '', stderr: '', timedOut: false }
  child.stdout.setEncoding('utf8').on('data', text => { result.stdout += text })
  child.stderr.setEncoding('utf8').on('data', text => { result.stderr += text })
  child.stdin.on('error', () => {})
  const timer = setTimeout(() => {
    result.timedOut = true
    child.kill('SIGKILL')
  }, deadline)
  const ended = new Promise<ChildResult>(resolve => child.on('close', (exitCode, signal) => {
    clearTimeout(timer)
    resolve(Object.assign(result, { exitCode, signal }))
  }))

  const lines: string[] = []
  const waiting: ((line: string) => void)[] = []
  createInterface({ input: child.stdout }).on('line', line => {
    const next = waiting.shift()
    if (next) next(line)
    else lines.push(line)
  })
  return {
    process: child,
    ended,
    line (milliseconds) {
      const kept = lines.shift()
      const next = kept === undefined ? new Promise<string>(resolve => waiting.push(resolve)) : Promise.resolve(kept)
      const end = ended.then(({ exitCode, signal, stderr }) => { throw new Error(`expected a line, but the child ended with ${signal ?? exitCode}: ${stderr}`) })
      return within(Promise.race([next, end]), 'a line of the child', milliseconds)
    },
    write: line => { child.stdin.write(`${line}\n`) }
  }
}

/** Runs it to its end. */
export function runChild (script: URL | string, options?: ChildOptions): Promise<ChildResult> {
  const child = startChild(script, options)
  child.process.stdin?.end()
  return child.ended
}

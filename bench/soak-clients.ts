import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Command, Result } from './soak-client.js'
import type { AbortPoint } from './soak-plan.js'

/** Processes that live as long as the soak. */
const STEADY = 2

/** How many connections stop at once, and how long stopped processes keep their sockets, in milliseconds. */
const VICTIMS = 8
const STOPPED = 45_000

/** The clients' processes: some that stay, and always one for those that are about to be killed or stopped. */
export class SoakClients {
  /** How often a connect went as planned. */
  readonly planned = new Map<AbortPoint, number>()
  /** What went otherwise, and how often. */
  readonly unplanned = new Map<string, number>()
  readonly #code: string
  readonly #random: () => number
  readonly #children = new Set<ChildProcess>()
  readonly #steady: ChildProcess[]
  readonly #victims = new Map<AbortPoint, { child: ChildProcess, count: number }>()
  #turn = 0

  /** TypeScript is compiled once: processes come and go. */
  static async start (random: () => number): Promise<SoakClients> {
    const entry = fileURLToPath(new URL('soak-client.ts', import.meta.url))
    const { outputFiles: [script] } = await build({ entryPoints: [entry], bundle: true, packages: 'external', platform: 'node', format: 'esm', write: false })
    return new SoakClients(script!.text, random)
  }

  private constructor (code: string, random: () => number) {
    this.#code = code
    this.#random = random
    this.#steady = Array.from({ length: STEADY }, () => this.#startProcess())
    process.on('exit', () => this.kill())
  }

  connect (command: Command): void {
    const { abort } = command
    const child = abort === 'SIGKILL' || abort === 'SIGSTOP' ? this.#victim(abort) : this.#steady[this.#turn++ % STEADY]!
    child.stdin!.write(`${JSON.stringify(command)}\n`)
  }

  /** Ends every process at once. */
  kill (): void {
    for (const child of this.#children) child.kill('SIGKILL')
  }

  /** The last of a group may still be in the middle of its handshake. */
  #victim (abort: 'SIGKILL' | 'SIGSTOP'): ChildProcess {
    const group = this.#victims.get(abort) ?? { child: this.#startProcess(), count: 0 }
    this.#victims.set(abort, group)
    if (++group.count === VICTIMS) {
      this.#victims.delete(abort)
      setTimeout(() => this.#stop(group.child, abort), 200 + this.#random() * 300)
    }
    return group.child
  }

  #stop (child: ChildProcess, signal: 'SIGKILL' | 'SIGSTOP'): void {
    child.kill(signal)
    if (signal === 'SIGSTOP') setTimeout(() => child.kill('SIGKILL'), STOPPED).unref()
  }

  #startProcess (): ChildProcess {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', this.#code], { cwd: fileURLToPath(new URL('..', import.meta.url)), stdio: ['pipe', 'pipe', 'inherit'] })
    this.#children.add(child)
    child.on('close', (exitCode, signal) => {
      this.#children.delete(child)
      if (signal !== 'SIGKILL') this.#count(this.unplanned, `a client's process ended with ${signal ?? exitCode}`)
    })
    child.stdin.on('error', () => {})
    createInterface({ input: child.stdout }).on('line', line => {
      const { abort, error }: Result = JSON.parse(line)
      if (error === undefined) this.#count(this.planned, abort)
      else this.#count(this.unplanned, `${abort}: ${error}`)
    })
    return child
  }

  #count<Key> (counts: Map<Key, number>, key: Key): void {
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
}

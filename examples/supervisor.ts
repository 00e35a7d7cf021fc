import cluster, { type Worker } from 'node:cluster'
import { fileURLToPath } from 'node:url'

/** How often the primary looks after its workers, in milliseconds: what a look comes late is time in which nobody has noticed. */
const LOOK_INTERVAL = 100

/** How many looks a worker may go without a word: a frozen one is found 2.1 seconds after its last one, which may come when it begins to freeze. */
const MAX_SILENT_LOOKS = 21

/** How many looks it may take to start: 30 seconds. */
const MAX_STARTING_LOOKS = 300

/** A worker that has served so long is replaced at once, in milliseconds; for others the wait doubles, from the least to the most. */
const STEADY = 10_000
const MIN_WAIT = 250
const MAX_WAIT = 5000

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** A place for a worker. The processes that take it, one after the other, have its number, and by it their port. */
interface Place {
  number: number
  worker?: Worker | undefined
  servesSince: number
  /** Looks since the worker's last word. */
  silentLooks: number
  isServing: boolean
  /** Whether any worker in this place has ever served. */
  hasServed: boolean
  wait: number
  timer?: NodeJS.Timeout
}

/**
 * Makes this process the primary of a cluster that keeps so many workers, each of which runs the script, and in it `work`.
 * One that ends, or says nothing for 2.5 seconds, is replaced. SIGINT or SIGTERM lets all of them drain, and the process
 * ends with exit code 0 when they have; a second signal ends everything at once. When a worker's first start fails, which
 * it has to explain itself, everything ends with exit code 1.
 */
export function supervise (script: URL, count: number): void {
  cluster.setupPrimary({ exec: fileURLToPath(script) })
  const supervisor = new Supervisor(count)
  supervisor.start()
}

class Supervisor {
  readonly #places: Place[]
  #looks: NodeJS.Timeout | undefined
  #isStopping = false

  constructor (count: number) {
    this.#places = Array.from({ length: count }, (_, number) => ({ number, servesSince: 0, silentLooks: 0, isServing: false, hasServed: false, wait: 0 }))
  }

  start (): void {
    for (const signal of SIGNALS) process.on(signal, this.#stop)
    this.#looks = setInterval(() => this.#look(), LOOK_INTERVAL)
    for (const place of this.#places) this.#fork(place)
  }

  #fork (place: Place): void {
    const worker = cluster.fork({ WORKER: String(place.number) })
    Object.assign(place, { worker, servesSince: Infinity, silentLooks: 0, isServing: false })
    worker.once('message', () => Object.assign(place, { servesSince: performance.now(), isServing: true, hasServed: true }))
    worker.on('message', () => { place.silentLooks = 0 })
    worker.on('exit', (code, signal) => this.#ended(place, code, signal))
  }

  #ended (place: Place, code: number, signal: string | null): void {
    place.worker = undefined
    if (this.#isStopping) {
      // One that was still starting is ended by the signal itself.
      if (code !== 0 && !SIGNALS.some(name => name === signal)) process.exitCode = 1
      this.#endWithoutWorkers()
    } else if (place.hasServed) {
      this.#replace(place, signal ?? `exit code ${code}`)
    } else {
      process.exitCode = 1
      this.#stop()
    }
  }

  #replace (place: Place, end: string): void {
    const isSteady = performance.now() - place.servesSince >= STEADY
    place.wait = isSteady ? 0 : Math.min(Math.max(2 * place.wait, MIN_WAIT), MAX_WAIT)
    console.error(`Worker ${place.number} ended with ${end}. The next one starts in ${place.wait} ms.`)
    place.timer = setTimeout(() => this.#fork(place), place.wait)
  }

  /** Looks are counted, not seconds: a primary that stood still itself holds no worker responsible for the time. */
  #look (): void {
    for (const place of this.#places) {
      if (!place.worker || ++place.silentLooks !== (place.isServing ? MAX_SILENT_LOOKS : MAX_STARTING_LOOKS)) continue
      console.error(`Worker ${place.number} has said nothing for ${place.silentLooks * LOOK_INTERVAL} ms: it is frozen, or gets no time of the processor.`)
      place.worker.process.kill('SIGKILL')
    }
  }

  readonly #stop = (signal?: NodeJS.Signals): void => {
    if (this.#isStopping && signal) return this.#force(signal)
    this.#isStopping = true
    for (const { worker, timer } of this.#places) {
      clearTimeout(timer)
      worker?.process.kill('SIGTERM')
    }
    this.#endWithoutWorkers()
  }

  #endWithoutWorkers (): void {
    if (this.#places.every(({ worker }) => !worker)) clearInterval(this.#looks)
  }

  #force (signal: NodeJS.Signals): void {
    for (const { worker } of this.#places) worker?.process.kill('SIGKILL')
    for (const name of SIGNALS) process.off(name, this.#stop)
    process.kill(process.pid, signal)
  }
}

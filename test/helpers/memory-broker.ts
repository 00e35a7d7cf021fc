import type { ClusterEngine, EngineListener, RequestFailure } from '../../plugin/index.js'

/** What may stand between a process and the broker, or happen to the process. */
export type Fault = 'none' | 'cut' | 'frozen' | 'killed'

/** A broker in this process, for clusters of several Fastify instances. Each message takes a turn of the event loop. */
export class MemoryBroker {
  readonly engines: MemoryEngine[] = []
  /** Every message so far. */
  messages = 0
  #isAway = false

  createEngine (): MemoryEngine {
    const engine = new MemoryEngine(this)
    this.engines.push(engine)
    return engine
  }

  get isAway (): boolean {
    return this.#isAway
  }

  /** It goes, or comes back. */
  setAway (isAway: boolean): void {
    this.#isAway = isAway
    for (const engine of this.engines) engine.update()
  }

  find (node: string): MemoryEngine | undefined {
    return this.engines.find(engine => engine.node === node && engine.isConnected)
  }
}

export class MemoryEngine implements ClusterEngine {
  readonly #broker: MemoryBroker
  readonly #waiting = new Set<(failure: RequestFailure) => void>()
  node: string | undefined
  listener: EngineListener | undefined
  isConnected = false
  #fault: Fault = 'none'

  constructor (broker: MemoryBroker) {
    this.#broker = broker
  }

  get fault (): Fault {
    return this.#fault
  }

  set fault (fault: Fault) {
    this.#fault = fault
    this.update()
  }

  /** Connects or disconnects, as things are. */
  update (): void {
    const isConnected = this.listener !== undefined && !this.#broker.isAway && (this.#fault === 'none' || this.#fault === 'frozen')
    if (isConnected === this.isConnected) return
    this.isConnected = isConnected
    if (isConnected) this.listener!.connected()
    else for (const fail of this.#waiting) fail('disconnected')
  }

  open (node: string, listener: EngineListener): void {
    this.node = node
    this.listener = listener
    setImmediate(() => this.update())
  }

  async request (node: string, message: Uint8Array, milliseconds: number): Promise<Uint8Array | RequestFailure> {
    if (!this.isConnected) return 'disconnected'
    this.#broker.messages++
    let timer: NodeJS.Timeout | undefined
    let fail: (failure: RequestFailure) => void
    const failed = new Promise<RequestFailure>(resolve => { fail = resolve })
    this.#waiting.add(fail!)
    const late = new Promise<RequestFailure>(resolve => { timer = setTimeout(resolve, milliseconds, 'silence').unref() })
    const answer = await Promise.race([this.#deliver(node, message), failed, late])
    clearTimeout(timer)
    this.#waiting.delete(fail!)
    return answer
  }

  publish (message: Uint8Array): void {
    if (!this.isConnected) return
    this.#broker.messages++
    setImmediate(() => {
      for (const engine of this.#broker.engines) if (engine !== this && engine.isConnected && engine.fault === 'none') engine.listener!.hear(message)
    })
  }

  async close (): Promise<void> {
    this.listener = undefined
    this.update()
  }

  async #deliver (node: string, message: Uint8Array): Promise<Uint8Array | RequestFailure> {
    await new Promise(setImmediate)
    const engine = this.#broker.find(node)
    if (!engine) return 'nobody'
    if (engine.fault === 'frozen') return await new Promise(() => {})
    const answer = await engine.listener!.answer(message)
    // What its process says when it has gone, or is cut off, by then arrives nowhere.
    if (!engine.isConnected) return await new Promise(() => {})
    this.#broker.messages++
    return answer
  }
}

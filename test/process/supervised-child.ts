import { createInterface } from 'node:readline'
import type { Test } from 'tap'
import { startChild, type RunningChild } from '../helpers/child.js'
import { signal, within, type Signal } from '../helpers/deadline.js'
import { answerOffer, createConnection, postTo } from '../helpers/http-far-end.js'
import { NativePeer, type NativeChannel } from '../helpers/native-peer.js'

/** A worker that serves. */
export interface SupervisedWorker {
  number: number
  pid: number
  origin: string
}

export interface SupervisedChild {
  child: RunningChild
  /** The workers that the process starts with, by their numbers. */
  workers: SupervisedWorker[]
  /** The next worker that serves. */
  worker (): Promise<SupervisedWorker>
  /** The next line of what the supervisor and its workers say about what goes wrong. */
  complaint (): Promise<string>
  /** Why connections have closed. */
  closed: string[]
}

/** A supervisor with so many workers, in processes of their own; killed when the test ends. */
export async function startSupervised (t: Pick<Test, 'teardown'>, count: number, drainTime = 0): Promise<SupervisedChild> {
  const child = startChild(new URL('supervised.ts', import.meta.url), { args: [String(count), 'supervised-worker.ts'], env: { DRAIN_TIME: String(drainTime) }, deadline: 100_000 })
  t.teardown(() => {
    child.process.kill('SIGKILL')
    return child.ended
  })
  const complaints = lineReader(child.process.stderr!)
  const serving = new Queue<SupervisedWorker>()
  const closed: string[] = []
  createInterface({ input: child.process.stdout! }).on('line', line => {
    const said = JSON.parse(line)
    if (said.origin) serving.push(said)
    else closed.push(said.closed)
  })
  const ended = child.ended.then(({ exitCode, signal, stderr }) => { throw new Error(`the supervisor ended with ${signal ?? exitCode}: ${stderr}`) })
  ended.catch(() => {})
  const worker = () => within(Promise.race([serving.shift(), ended]), 'a worker that serves', 40_000)
  const workers: SupervisedWorker[] = []
  while (workers.length < count) workers.push(await worker())
  workers.sort((one, other) => one.number - other.number)
  return { child, workers, worker, complaint: () => within(complaints.shift(), 'a complaint', 20_000), closed }
}

/** A far end that counts what it sends and what comes back. */
export class EchoClient {
  readonly id: string
  readonly farEnd: NativePeer
  readonly #channel: NativeChannel
  #sent = 0

  /** Connects to the server; `beforeAnswer` may take its time. Rejects with what the server answers if that is not what it should. */
  static async connect (t: Pick<Test, 'teardown'>, origin: string, beforeAnswer: () => unknown = () => {}): Promise<EchoClient> {
    const post = postTo(origin)
    const connection = await createConnection(post)
    await beforeAnswer()
    const farEnd = new NativePeer()
    t.teardown(() => farEnd.close())
    const channel = await answerOffer(post, connection, farEnd, () => farEnd.createDataChannel('echo', { negotiated: true, id: 0 }))
    await channel.opened()
    return new EchoClient(connection.id, farEnd, channel)
  }

  private constructor (id: string, farEnd: NativePeer, channel: NativeChannel) {
    this.id = id
    this.farEnd = farEnd
    this.#channel = channel
  }

  /** Sends so many messages at once. Rejects unless each comes back, in order. */
  async echo (count = 1): Promise<void> {
    const expected = Array.from({ length: count }, () => `message ${++this.#sent}`)
    for (const message of expected) this.#channel.send(message)
    const received = (await this.#channel.messages(this.#sent)).slice(-count)
    if (String(received) !== String(expected)) throw new Error(`expected ${expected} to come back, found ${received}`)
  }
}

/** Values that are awaited one after the other; those that nobody has asked for yet are kept. */
class Queue<Value> {
  readonly #values: Value[] = []
  readonly #waiting: Signal<Value>[] = []

  push (value: Value): void {
    const next = this.#waiting.shift()
    if (next) next.resolve(value)
    else this.#values.push(value)
  }

  shift (): Promise<Value> {
    const next = signal<Value>()
    if (this.#values.length > 0) next.resolve(this.#values.shift()!)
    else this.#waiting.push(next)
    return next.promise
  }
}

function lineReader (input: NodeJS.ReadableStream): Queue<string> {
  const lines = new Queue<string>()
  createInterface({ input }).on('line', line => lines.push(line))
  return lines
}

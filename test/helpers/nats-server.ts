import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Test } from 'tap'
import { within } from './deadline.js'
import { findExecutable } from './executable.js'

/** The path of nats-server: NATS_SERVER_PATH, or `nats-server` on PATH; undefined when there is none. */
export function findNatsServer (): string | undefined {
  // Where Debian has it, which is not on the PATH of everybody.
  return findExecutable('NATS_SERVER_PATH', ['nats-server'], { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` })
}

/** So that it notices within seconds that a client has gone without a word, and not within minutes. */
const CONFIGURATION = 'ping_interval: "2s"\nping_max: 2\n'

/** A nats-server on loopback, killed when the test ends. */
export class NatsServer {
  readonly port: number
  readonly #folder: string
  #process: ChildProcess | undefined

  private constructor (folder: string, port: number) {
    this.#folder = folder
    this.port = port
  }

  /** The configuration is in its own words. */
  static async start (t: Pick<Test, 'teardown' | 'testdir'>, configuration = ''): Promise<NatsServer> {
    const server = new NatsServer(t.testdir(), await freeTcpPort())
    writeFileSync(join(server.#folder, 'nats.conf'), CONFIGURATION + configuration)
    t.teardown(() => server.kill())
    await server.start()
    return server
  }

  get url (): string {
    return `nats://127.0.0.1:${this.port}`
  }

  /** Settles when it listens. */
  async start (): Promise<void> {
    const child = spawn(findNatsServer()!, ['-a', '127.0.0.1', '-p', String(this.port), '-c', join(this.#folder, 'nats.conf')], { stdio: ['ignore', 'ignore', 'pipe'] })
    this.#process = child
    const listens = new Promise<void>(resolve => createInterface(child.stderr).on('line', line => { if (line.includes('Server is ready')) resolve() }))
    const ended = once(child, 'close').then(([code, signal]) => { throw new Error(`expected nats-server to listen, but it ended with ${signal ?? code}`) })
    ended.catch(() => {})
    await within(Promise.race([listens, ended]), 'nats-server to listen')
  }

  /** By SIGKILL. Harmless when it does not run. */
  async kill (): Promise<void> {
    const child = this.#process
    this.#process = undefined
    if (!child) return
    const closed = once(child, 'close')
    child.kill('SIGKILL')
    await closed
  }
}

/** A TCP port of loopback that was free a moment ago. */
export async function freeTcpPort (): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

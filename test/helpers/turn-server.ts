import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Test } from 'tap'
import { within } from './deadline.js'
import { findExecutable } from './executable.js'
import { freePort } from './udp-port.js'

export interface TurnServer {
  /** Its URI. */
  url: string
  /** What it checks time-limited credentials with. */
  secret: string
}

/** The path of coturn: TURNSERVER_PATH, or `turnserver` on PATH; undefined when there is none. */
export function findTurnServer (): string | undefined {
  return findExecutable('TURNSERVER_PATH', ['turnserver'])
}

/** A coturn on loopback that relays to loopback, over UDP, for credentials made from its secret; ended when the test ends. */
export async function startTurnServer (t: Test, { executable = findTurnServer()!, secret = 'north of the wall' } = {}): Promise<TurnServer> {
  const folder = t.testdir()
  const port = await freePort()
  const server = spawn(executable, [
    '-n', '--listening-ip=127.0.0.1', '--relay-ip=127.0.0.1', `--listening-port=${port}`, '--allow-loopback-peers',
    '--use-auth-secret', `--static-auth-secret=${secret}`, '--realm=example.org',
    '--no-tls', '--no-dtls', '--no-tcp', '--no-cli', '--log-file=stdout', '--simple-log', '--verbose', `--userdb=${join(folder, 'users')}`, `--pidfile=${join(folder, 'pid')}`
  ], { stdio: ['ignore', 'pipe', 'ignore'] })
  const closed = once(server, 'close')
  t.teardown(async () => {
    server.kill('SIGKILL')
    await closed
  })
  const listens = new Promise<void>(resolve => createInterface(server.stdout).on('line', line => { if (line.includes('Total General servers')) resolve() }))
  const ended = closed.then(([code, signal]) => { throw new Error(`expected coturn to listen, but it ended with ${signal ?? code}`) })
  await within(Promise.race([listens, ended]), 'coturn to listen')
  return { url: `turn:127.0.0.1:${port}`, secret }
}

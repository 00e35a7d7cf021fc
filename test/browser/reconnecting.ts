/** What any browser has to do on reconnect-page.ts. */
import type { Test } from 'tap'
import { startChild, type RunningChild } from '../helpers/child.js'
import { within } from '../helpers/deadline.js'
import type { ScriptedPage } from '../helpers/page.js'
import type { Told } from './reconnect-page.js'

/** From the moment at which the server listens again, in milliseconds. */
const TIME_TO_RETURN = 5000

export interface CountingServer {
  server: RunningChild
  origin: string
}

/** The server of reconnect-page.ts, in a process of its own, killed when the test ends. */
export async function startCountingServer (t: Test, port = 0): Promise<CountingServer> {
  const server = startChild('test/browser/counting-server.ts', { args: [String(port)], deadline: 110_000 })
  t.teardown(() => {
    server.process.kill('SIGKILL')
    return server.ended
  })
  return { server, origin: await server.line(30_000) }
}

/** Settles when the page has so many connections, and the server has counted for each. */
export async function openConnections (page: ScriptedPage, count: number): Promise<void> {
  await page.evaluate(count => window.openConnections(count), count)
  await counted(page, 1)
}

/** A server that does nothing for a while: all connections lose their peer, and the server counts on for each. */
export async function stopServer (t: Test, page: ScriptedPage, { server }: CountingServer): Promise<void> {
  server.process.kill('SIGSTOP')
  await all(page, 'reconnecting')
  server.process.kill('SIGCONT')
  await all(page, 'reconnected')
  await counted(page, 2)
  t.ok((await told(page)).every(({ events }) => events.at(-1) === 'reconnected false'))
}

/** A server that is killed and started again: all connections are back, as new ones. */
export async function restartServer (t: Test, page: ScriptedPage, { server, origin }: CountingServer): Promise<void> {
  const killed = performance.now()
  server.process.kill('SIGKILL')
  await server.ended
  await all(page, 'reconnecting')
  t.comment(`all have noticed after ${Math.round(performance.now() - killed)} ms`)

  await startCountingServer(t, Number(new URL(origin).port))
  const returned = performance.now()
  await all(page, 'reconnected')
  const elapsed = Math.round(performance.now() - returned)
  t.ok(elapsed <= TIME_TO_RETURN, `all are back after ${elapsed} ms`)
  const connections = await told(page)
  t.ok(connections.every(({ events }) => events.at(0) === 'connected' && events.at(-1) === 'reconnected true'))
  await page.evaluate(() => window.closeAll(), undefined)
}

async function all (page: ScriptedPage, type: Parameters<Window['all']>[0]): Promise<void> {
  await within(page.evaluate(type => window.all(type), type), `all connections to be ${type}`, 30_000)
}

async function counted (page: ScriptedPage, count: number): Promise<void> {
  await within(page.evaluate(count => window.counted(count), count), `the server to have counted to ${count} for each`, 30_000)
}

async function told (page: ScriptedPage): Promise<Told[]> {
  return await page.evaluate(() => window.connections, undefined)
}

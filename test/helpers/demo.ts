import { readFileSync } from 'node:fs'
import type { Browser, BrowserContextOptions, ConsoleMessage, Page } from 'playwright-core'
import type { Test } from 'tap'
import { createDemo, type DemoOptions } from '../../examples/demo.js'
import type { WebRtcConnection } from '../../plugin/index.js'
import { startChild, type ChildOptions, type RunningChild } from './child.js'

/** The demo server in this process, on loopback; closed when the test ends. Its origin. */
export async function serveDemo (t: Test, { connectionOptions }: DemoOptions = {}): Promise<string> {
  const { app } = await createDemo({ connectionOptions: { bindAddress: '127.0.0.1', maxEventLoopDelay: Infinity, ...connectionOptions } })
  t.teardown(() => app.close())
  return await app.listen({ host: '127.0.0.1', port: 0 })
}

/** The demo server as `npm start` runs it, in a process of its own, on a free port; killed when the test ends. */
export function startDemo (t: Test, env: NodeJS.ProcessEnv = {}, { deadline = 60_000, execArgv }: Pick<ChildOptions, 'deadline' | 'execArgv'> = {}): RunningChild {
  const child = startChild('examples/server.ts', { env: { PORT: '0', ...env }, execArgv, deadline })
  t.teardown(() => {
    child.process.kill('SIGKILL')
    return child.ended
  })
  return child
}

/** The process that serves, which is the first child of the one that was started. */
export function workerOf ({ process }: RunningChild): number {
  return Number(readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').split(' ')[0])
}

/** The origin that the server prints in its one line. */
export async function readOrigin (child: RunningChild): Promise<string> {
  const line = await child.line(30_000)
  const [, origin] = /(http:\/\/\S+)\/$/.exec(line) ?? []
  if (!origin) throw new Error(`expected a line with a URL, found ${line}`)
  return origin
}

/** A page, closed when the test ends, and every error that its console shows or that nobody catches in it. */
export async function openPage (t: Test, browser: Browser, url: string, options?: BrowserContextOptions): Promise<{ page: Page, errors: string[] }> {
  const context = await browser.newContext(options)
  t.teardown(() => context.close())
  // What esbuild calls with each function and its name, in a test's code that runs in the page.
  await context.addInitScript('globalThis.__name = target => target')
  const page = await context.newPage()
  const errors: string[] = []
  page.on('console', message => { if (['error', 'warning'].includes(message.type()) && !isGone(message)) errors.push(message.text()) })
  page.on('pageerror', error => { errors.push(String(error)) })
  await page.goto(url)
  return { page, errors }
}

/** A page deletes its connection when it has closed its peer, from which the server may have heard of it before. */
function isGone (message: ConsoleMessage): boolean {
  return message.text().includes('status of 404') && /\/connections\/[^/]+$/.test(message.location().url)
}

/** Settles when the page's status says this. */
export async function hasStatus (page: Page, text: string | RegExp): Promise<void> {
  const exact = typeof text === 'string' ? new RegExp(`^${text.replace(/[.?]/g, '\\$&')}$`) : text
  await page.getByRole('status').filter({ hasText: exact }).waitFor()
}

/** What the server has of an example. */
export async function listConnections (origin: string, example: string): Promise<WebRtcConnection[]> {
  return await (await fetch(`${origin}/${example}/connections`)).json() as WebRtcConnection[]
}

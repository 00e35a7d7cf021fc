import t, { type Test } from 'tap'
import { startChild, type RunningChild } from '../helpers/child.js'
import { launchChromium } from '../helpers/chromium.js'

/** How many connections live in the page. */
const COUNT = 50

/** From the moment at which the server listens again, in milliseconds. */
const TIME_TO_RETURN = 5000

t.setTimeout(120_000)

async function startServer (t: Test, port = 0): Promise<{ server: RunningChild, origin: string }> {
  const server = startChild('test/browser/counting-server.ts', { args: [String(port)], deadline: 110_000 })
  t.teardown(() => {
    server.process.kill('SIGKILL')
    return server.ended
  })
  return { server, origin: await server.line(30_000) }
}

t.test(`a server that is killed and started again while ${COUNT} connections of a page live -> all are back within ${TIME_TO_RETURN} ms, as new ones`, async t => {
  const { server, origin } = await startServer(t)
  const browser = await launchChromium(t)
  const page = await browser.newPage()
  await page.goto(origin)
  await page.evaluate(count => window.openConnections(count), COUNT)
  await page.waitForFunction(() => window.connections.every(({ count }) => count === 1), undefined, { timeout: 30_000 })

  const killed = performance.now()
  server.process.kill('SIGKILL')
  await server.ended
  await page.waitForFunction(() => window.connections.every(({ events }) => events.at(-1)?.startsWith('reconnecting')), undefined, { timeout: 30_000 })
  t.comment(`all have noticed after ${Math.round(performance.now() - killed)} ms`)

  await startServer(t, Number(new URL(origin).port))
  const returned = performance.now()
  await page.waitForFunction(() => window.connections.every(({ events }) => events.at(-1)?.startsWith('reconnected')), undefined, { timeout: 30_000 })
  const elapsed = Math.round(performance.now() - returned)
  t.ok(elapsed <= TIME_TO_RETURN, `all are back after ${elapsed} ms`)
  const connections = await page.evaluate(() => window.connections)
  t.ok(connections.every(({ events }) => events.at(0) === 'connected' && events.at(-1) === 'reconnected true'))
  await page.evaluate(() => window.closeAll())
})

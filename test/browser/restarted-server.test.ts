import t from 'tap'
import { launchChromium } from '../helpers/chromium.js'
import { openConnections, restartServer, startCountingServer } from './reconnecting.js'

/** How many connections live in the page. */
const COUNT = 50

t.setTimeout(120_000)

t.test(`a server that is killed and started again while ${COUNT} connections of a page live -> all are back within 5 s, as new ones`, async t => {
  const server = await startCountingServer(t)
  const browser = await launchChromium(t)
  const page = await browser.newPage()
  await page.goto(server.origin)
  await openConnections(page, COUNT)
  await restartServer(t, page, server)
})

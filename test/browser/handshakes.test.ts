import type { Page } from 'playwright-core'
import t from 'tap'
import { launchChromium } from '../helpers/chromium.js'
import { serveHandshakes } from './handshakes-server.js'

/** How many have to connect, in each direction. */
const COUNT = 300

t.setTimeout(240_000)

const { url, allDeleted } = await serveHandshakes(t)

for (const fakeMedia of [false, true]) {
  t.test(fakeMedia ? 'a page that may use a camera, whose candidates are addresses' : 'a page that may not, whose candidates are .local names', async t => {
    const browser = await launchChromium(t, { fakeMedia })
    const page = await browser.newPage()
    const errors: string[] = []
    page.on('console', message => { if (message.type() === 'error') errors.push(message.text()) })
    page.on('pageerror', error => { errors.push(String(error)) })
    await page.goto(url)
    if (fakeMedia) await page.evaluate(async () => { await navigator.mediaDevices.getUserMedia({ audio: true }) })

    for (const flow of ['client offers', 'server offers']) {
      t.same(await connectMany(page, flow, COUNT / 2, 1), [], `${flow}, one after the other`)
      t.same(await connectMany(page, flow, COUNT / 2, 10), [], `${flow}, 10 at a time`)
    }
    // A browser has six sockets for a server, and a stream of events takes one.
    for (const flow of ['client offers, candidates by themselves', 'server offers, candidates by themselves']) t.same(await connectMany(page, flow, COUNT / 2, 3), [], flow)
    for (const flow of ['client offers, trickle', 'server offers, trickle']) t.same(await connectMany(page, flow, 20, 3), [], flow)
    t.same(errors, [], 'nothing in the browser\'s console')
    t.same(await connectMany(page, 'predecessor', 20, 1), [], 'a client of the predecessor, unchanged')
  })
}

t.test('every connection has been deleted', () => allDeleted())

async function connectMany (page: Page, flow: string, count: number, concurrency: number): Promise<string[]> {
  const { failures, longest } = await page.evaluate(([flow, count, concurrency]) => window.connectMany(flow, count, concurrency), [flow, count, concurrency] as const)
  t.comment(`${flow}: ${count} connections, ${concurrency} at a time, the longest ${Math.round(longest)} ms`)
  return failures
}

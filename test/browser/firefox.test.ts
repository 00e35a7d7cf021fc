import { networkInterfaces } from 'node:os'
import type { Browser } from 'puppeteer-core'
import t, { type Test } from 'tap'
import { serveDemo } from '../helpers/demo.js'
import { launchFirefox, openFirefoxPage } from '../helpers/firefox.js'
import { serveHandshakes } from './handshakes-server.js'

const COUNT = 5

t.setTimeout(120_000)

const firefox = await launchFirefox(t)

if (firefox) {
  t.test('ping-pong in Firefox: Start -> pongs with their round-trip times; Stop -> the page says so', async t => {
    const origin = await serveDemo(t)
    const { page, errors } = await openFirefoxPage(t, firefox, `${origin}/ping-pong/`)
    await page.click('aria/Start')
    const second = await page.waitForFunction(() => {
      const [row, last] = document.querySelectorAll('tbody tr')
      return last && row?.textContent?.includes(' ms') && [...row.querySelectorAll('td')].map(cell => cell.textContent)
    })
    t.match(await second.jsonValue(), ['2', /^\d\d:\d\d:\d\d$/, 'pong', /^\d+(\.\d)? ms$/])
    t.equal(await page.$eval('#connection-state', ({ textContent }) => textContent), 'connected')
    await page.click('aria/Stop')
    await page.waitForSelector('text/Stopped')
    t.same(errors, [])
  })

  t.test('Firefox, a page that may use a camera, whose candidates are addresses', async t => {
    await connectBothWays(t, firefox, '127.0.0.1')
  })
}

const hasNetwork = Object.values(networkInterfaces()).flat().some(address => !address!.internal)

if (firefox && hasNetwork) {
  t.test('Firefox, a page that may not, whose candidates are .local names', async t => {
    const shyFirefox = await launchFirefox(t, { fakeMedia: false })
    await connectBothWays(t, shyFirefox!)
  })
}

async function connectBothWays (t: Test, browser: Browser, bindAddress?: string): Promise<void> {
  const { url, allDeleted } = await serveHandshakes(t, { bindAddress })
  const { page, errors } = await openFirefoxPage(t, browser, url)
  const medians: number[] = []
  for (const flow of ['client offers', 'server offers']) {
    for (const concurrency of [1, 5]) {
      const { failures, longest, median } = await page.evaluate((flow, count, concurrency) => window.connectMany(flow, count, concurrency), flow, COUNT, concurrency)
      t.comment(`${flow}: ${COUNT} connections, ${concurrency} at a time, median ${Math.round(median)} ms, the longest ${Math.round(longest)} ms`)
      t.same(failures, [], `${flow}, ${concurrency} at a time`)
      if (concurrency === 1) medians.push(median)
    }
  }
  await allDeleted()
  t.same(errors, [], 'nothing in the browser\'s console')
  // A lost ClientHello takes one second, a nomination that waits takes two: 20 times as long as all the rest.
  t.ok(Math.max(...medians) < 5 * Math.min(...medians), `medians of ${medians.map(Math.round).join(' and ')} ms`)
}

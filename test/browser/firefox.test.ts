import { networkInterfaces } from 'node:os'
import type { Browser } from 'puppeteer-core'
import t, { type Test } from 'tap'
import { serveDemo } from '../helpers/demo.js'
import { launchFirefox, openFirefoxPage } from '../helpers/firefox.js'
import { readCutEvents, serveEvents } from './cut-events.js'
import { serveHandshakes } from './handshakes-server.js'
import { serveMedia } from './media-server.js'
import { openConnections, restartServer, startCountingServer, stopServer } from './reconnecting.js'
import { addAndRemoveCamera, answerTooLate, collide, sendBack, viewBroadcast } from './renegotiation.js'

const COUNT = 5

t.setTimeout(120_000)
// Firefox takes some ten seconds to see that a path is broken, in which there is time for everything else.
t.jobs = 5

const firefox = await launchFirefox(t)
const hasNetwork = Object.values(networkInterfaces()).flat().some(address => !address!.internal)

if (firefox) {
  t.test(`Firefox, a server that does nothing for a while, with ${COUNT} connections of a page -> back as those that they were`, async t => {
    const { server, page } = await openLastingConnections(t, firefox)
    await stopServer(t, page, server)
  })

  t.test(`Firefox, a server that is killed and started again, with ${COUNT} connections of a page -> back within 5 s, as new ones`, async t => {
    const { server, page } = await openLastingConnections(t, firefox)
    await restartServer(t, page, server)
  })

  for (const reader of ['events()', 'EventSource'] as const) {
    t.test(`Firefox, events by ${reader} over cuts -> each once, in order`, async t => {
      const server = await serveEvents(t)
      const { page } = await openFirefoxPage(t, firefox, server.url)
      await readCutEvents(t, page, server, reader, 5)
    })
  }

  t.test('Firefox', async t => {
    await t.test('ping-pong: Start -> pongs with their round-trip times; Stop -> the page says so', async t => {
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

    await t.test('a page that may use a camera, whose candidates are addresses', async t => {
      await connectBothWays(t, firefox, '127.0.0.1')
    })

    if (hasNetwork) {
      await t.test('a page that may not, whose candidates are .local names', async t => {
        const shyFirefox = await launchFirefox(t, { fakeMedia: false })
        await connectBothWays(t, shyFirefox!)
      })
    }

    const server = await serveMedia(t)
    const { page, errors } = await openFirefoxPage(t, firefox, server.url)
    for (const flow of ['client offers', 'server offers'] as const) {
      await t.test(`audio and video, ${flow} -> sent back by the server -> pictures and sound that were sent`, t => sendBack(t, page, flow))
    }
    await t.test('a camera that is added and removed while connected, three times -> comes back, and is gone', t => addAndRemoveCamera(t, page, server))
    await t.test('a viewer -> gets its tracks when a broadcast begins', t => viewBroadcast(t, page, server))
    await t.test('30 offers of the client that meet one of the server\'s -> both agree within a second, each time', t => collide(t, page, server, 30))
    await t.test('an answer that comes when the server has taken its offer back -> is taken back, and the next offer answered', t => answerTooLate(t, page, server))
    t.same(errors, [])
  })
}

async function openLastingConnections (t: Test, browser: Browser) {
  const server = await startCountingServer(t)
  const { page } = await openFirefoxPage(t, browser, server.origin)
  await openConnections(page, COUNT)
  return { server, page }
}

async function connectBothWays (t: Test, browser: Browser, bindAddress?: string): Promise<void> {
  const { url, allDeleted } = await serveHandshakes(t, { bindAddress })
  const { page, errors } = await openFirefoxPage(t, browser, url)
  const connectMany = async (flow: string, concurrency: number) => {
    const { failures, longest, median } = await page.evaluate((flow, count, concurrency) => window.connectMany(flow, count, concurrency), flow, COUNT, concurrency)
    t.comment(`${flow}: ${COUNT} connections, ${concurrency} at a time, median ${Math.round(median)} ms, the longest ${Math.round(longest)} ms`)
    t.same(failures, [], `${flow}, ${concurrency} at a time`)
    return median
  }
  const medians = [await connectMany('client offers', 1), await connectMany('server offers', 1)]
  for (const flow of ['client offers', 'server offers']) {
    await connectMany(flow, COUNT)
    // A browser has six sockets for a server, and a stream of events takes one.
    for (const trickle of ['trickle', 'candidates by themselves']) await connectMany(`${flow}, ${trickle}`, 3)
  }
  await allDeleted()
  t.same(errors, [], 'nothing in the browser\'s console')
  // A lost ClientHello takes one second, a nomination that waits takes two: 20 times as long as all the rest.
  t.ok(Math.max(...medians) < 5 * Math.min(...medians), `medians of ${medians.map(Math.round).join(' and ')} ms`)
}

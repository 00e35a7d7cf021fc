import t from 'tap'
import { launchChromium } from '../helpers/chromium.js'
import { openPage } from '../helpers/demo.js'
import { readCutEvents, serveEvents } from './cut-events.js'

t.setTimeout(60_000)
t.jobs = 2

const browser = await launchChromium(t)

for (const reader of ['events()', 'EventSource'] as const) {
  t.test(`events by ${reader} over cuts -> each once, in order`, async t => {
    const server = await serveEvents(t)
    const { page } = await openPage(t, browser, server.url)
    await readCutEvents(t, page, server, reader, 5)
  })
}

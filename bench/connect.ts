/**
 * Time from the first call to the first message back over a data channel, in headless Chromium on loopback. Three flows
 * take turns in one page: two peers in the page without a server, the client offering, the server offering.
 *
 *   npm run bench:connect -- [runs]
 */
import { build } from 'esbuild'
import Fastify from 'fastify'
import type { Browser } from 'playwright-core'
import signaling from '../plugin/index.js'
import { startChromium } from '../test/helpers/chromium.js'

const FLOOR = 'in one page'
const [runs = 50] = process.argv.slice(2).map(Number)

const { outputFiles: [script] } = await build({ entryPoints: ['bench/connect-page.ts'], bundle: true, write: false })
const app = Fastify()
app.get('/', (_request, reply) => reply.type('text/html').send('<!doctype html><script src="/page.js"></script>'))
app.get('/page.js', (_request, reply) => reply.type('text/javascript').send(script!.text))
app.register(signaling, {
  prefix: '/bench',
  bindAddress: '127.0.0.1',
  beforeOffer (peerConnection) {
    const channel = peerConnection.createDataChannel('bench', { negotiated: true, id: 0 })
    channel.onmessage = ({ data }) => channel.send(data)
  },
  beforeAnswer (peerConnection) {
    peerConnection.ondatachannel = ({ channel }) => { channel.onmessage = ({ data }) => channel.send(data) }
  }
})
const url = await app.listen({ host: '127.0.0.1', port: 0 })

for (const fakeMedia of [true, false]) {
  const browser = await startChromium({ fakeMedia })
  console.log(fakeMedia ? '\nThe page may use a camera: its candidates are addresses' : '\nThe page may not: its candidates are .local names')
  console.table(summarize(await measure(browser, url, fakeMedia)))
  await browser.close()
}
await app.close()

async function measure (browser: Browser, url: string, fakeMedia: boolean): Promise<Record<string, number[]>> {
  const page = await browser.newPage()
  await page.goto(url)
  if (fakeMedia) await page.evaluate(async () => { await navigator.mediaDevices.getUserMedia({ audio: true }) })
  const flows = await page.evaluate(() => Object.keys(window.flows))
  const durations: Record<string, number[]> = Object.fromEntries(flows.map(flow => [flow, []]))
  // The first round warms both ends up.
  for (let run = 0; run <= runs; run++) {
    for (const flow of flows) {
      const duration = await page.evaluate(async flow => await window.flows[flow]!(), flow)
      if (run > 0) durations[flow]!.push(duration)
    }
    if (run % 50 === 0) await page.evaluate(() => window.gc?.())
  }
  return durations
}

function summarize (durations: Record<string, number[]>): Record<string, Record<string, string>> {
  const floor = percentile(durations[FLOOR]!, 50)
  return Object.fromEntries(Object.entries(durations).map(([flow, values]) => [flow, {
    'p50 ms': percentile(values, 50).toFixed(1),
    'p90 ms': percentile(values, 90).toFixed(1),
    'max ms': Math.max(...values).toFixed(1),
    'p50 / floor': (percentile(values, 50) / floor).toFixed(2)
  }]))
}

function percentile (values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.ceil(sorted.length * percent / 100) - 1]!
}

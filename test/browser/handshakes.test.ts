import { build } from 'esbuild'
import Fastify from 'fastify'
import type { Page } from 'playwright-core'
import t from 'tap'
import signaling, { ConnectionManager } from '../../plugin/index.js'
import type { PeerConnection } from '../../plugin/index.js'
import { launchChromium } from '../helpers/chromium.js'
import { within } from '../helpers/deadline.js'

/** As many as the project promises to connect without one failure. */
const COUNT = 300

t.setTimeout(240_000)

let onClosed = () => {}
const OPTIONS = { bindAddress: '127.0.0.1', maxEventLoopDelay: Infinity, onClosed: () => onClosed() }
const connections = new ConnectionManager(OPTIONS)
const inBand = new ConnectionManager(OPTIONS)

const app = Fastify()
const { outputFiles: [script] } = await build({ entryPoints: ['test/browser/handshakes-page.ts'], bundle: true, write: false })
app.get('/', (_request, reply) => reply.type('text/html').send('<!doctype html><link rel="icon" href="data:,"><script src="/page.js"></script>'))
app.get('/page.js', (_request, reply) => reply.type('text/javascript').send(script!.text))
app.register(signaling, {
  prefix: '/echo',
  connections,
  beforeOffer: peerConnection => echo(peerConnection.createDataChannel('echo', { negotiated: true, id: 0 })),
  beforeAnswer (peerConnection) { peerConnection.ondatachannel = ({ channel }) => echo(channel) }
})
app.register(signaling, {
  prefix: '/in-band',
  connections: inBand,
  beforeOffer: peerConnection => echo(peerConnection.createDataChannel('echo'))
})
const url = await app.listen({ host: '127.0.0.1', port: 0 })
t.teardown(() => app.close())

function echo (channel: ReturnType<PeerConnection['createDataChannel']>): void {
  channel.addEventListener('message', ({ data }) => channel.send(data))
}

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
    t.same(errors, [], 'nothing in the browser\'s console')
    t.same(await connectMany(page, 'predecessor', 20, 1), [], 'a client of the predecessor, unchanged')
  })
}

t.test('every connection has been deleted', async t => {
  const isEmpty = new Promise<void>(resolve => {
    onClosed = () => { if (connections.size + inBand.size === 0) resolve() }
    onClosed()
  })
  await within(isEmpty, 'the last connection to be deleted')
  t.equal(connections.size + inBand.size, 0)
})

async function connectMany (page: Page, flow: string, count: number, concurrency: number): Promise<string[]> {
  const { failures, longest } = await page.evaluate(([flow, count, concurrency]) => window.connectMany(flow, count, concurrency), [flow, count, concurrency] as const)
  t.comment(`${flow}: ${count} connections, ${concurrency} at a time, the longest ${Math.round(longest)} ms`)
  return failures
}

import { build } from 'esbuild'
import Fastify from 'fastify'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import signaling, { ConnectionManager, type PeerConnection } from '../../plugin/index.js'
import { launchChromium } from '../helpers/chromium.js'

t.setTimeout(120_000)

const connections = new ConnectionManager({ bindAddress: '127.0.0.1', maxEventLoopDelay: Infinity })
const studio = new ConnectionManager({ bindAddress: '127.0.0.1', maxEventLoopDelay: Infinity, media: true })
let collisions = 0
let seen = 0
const app = Fastify({ logger: { level: 'error' } })
const { outputFiles: [script] } = await build({ entryPoints: ['test/browser/media-page.ts'], bundle: true, write: false })
app.get('/', (_request, reply) => reply.type('text/html').send('<!doctype html><link rel="icon" href="data:,"><script src="/page.js"></script>'))
app.get('/page.js', (_request, reply) => reply.type('text/javascript').send(script!.text))
app.register(signaling, {
  prefix: '/loopback',
  connections,
  beforeOffer (peerConnection) {
    for (const kind of ['audio', 'video'] as const) loop(peerConnection.addTransceiver(kind))
  },
  beforeAnswer (peerConnection) {
    peerConnection.ontrack = ({ transceiver }) => {
      transceiver.direction = 'sendrecv'
      loop(transceiver)
    }
  }
})
app.register(async scope => {
  // While a client's offer is on its way the server makes one of its own.
  scope.addHook('preHandler', async request => {
    const { type } = Object(request.body)
    if (type !== 'offer' || collisions === 0 || ++seen % 2 === 0) return
    collisions--
    const [transceiver] = studio.getConnections()[0]!.peerConnection.getTransceivers().filter(({ mid }) => mid?.startsWith('s'))
    transceiver!.direction = transceiver!.direction === 'sendonly' ? 'inactive' : 'sendonly'
    await new Promise(setImmediate)
  })
  await scope.register(signaling, {
    prefix: '/studio',
    connections: studio,
    beforeAnswer (peerConnection) {
      peerConnection.ontrack = ({ transceiver }) => {
        transceiver.direction = 'sendrecv'
        loop(transceiver)
      }
    }
  })
})
const url = await app.listen({ host: '127.0.0.1', port: 0 })
t.teardown(() => app.close())

function loop ({ sender, receiver }: ReturnType<PeerConnection['addTransceiver']>): void {
  sender.replaceTrack(receiver.track)
}

async function openPage (t: Test): Promise<{ page: Page, errors: string[] }> {
  const browser = await launchChromium(t)
  const page = await browser.newPage()
  const errors: string[] = []
  page.on('console', message => { if (message.type() === 'error') errors.push(message.text()) })
  page.on('pageerror', error => { errors.push(String(error)) })
  await page.goto(url)
  return { page, errors }
}

type Shown = Awaited<ReturnType<Window['media']['show']>>

function assertShown (t: Test, { colour, framesPerSecond, audioLevel }: Shown, sent: number[]): void {
  t.ok(colour.length === 3 && colour.every((part, index) => Math.abs(part - sent[index]!) < 40), `the colour, found ${colour}`)
  t.ok(framesPerSecond > 10, `frames a second, found ${framesPerSecond}`)
  t.ok(audioLevel > 0.01, `sound, found ${audioLevel}`)
}

for (const flow of ['client offers', 'server offers'] as const) {
  t.test(`audio and video, ${flow} -> sent back by the server -> pictures and sound that were sent`, async t => {
    const { page, errors } = await openPage(t)
    await page.evaluate(flow => window.media.connect('loop', '/loopback', flow, 'rgb(200, 30, 60)'), flow)
    assertShown(t, await page.evaluate(() => window.media.show('loop')), [200, 30, 60])
    await page.evaluate(() => window.media.close('loop'))
    t.strictSame(errors, [])
  })
}

t.test('a camera that is added and removed while connected, three times -> comes back, and is gone', async t => {
  const { page, errors } = await openPage(t)
  await page.evaluate(() => window.media.connect('studio', '/studio', 'client offers'))
  for (const sent of [[30, 30, 200], [20, 160, 20], [200, 30, 60]]) {
    await page.evaluate(colour => window.media.addCamera('studio', `rgb(${colour})`), sent)
    await page.evaluate(() => window.media.hasTracks('studio', 2))
    assertShown(t, await page.evaluate(() => window.media.show('studio')), sent)
    await page.evaluate(() => window.media.removeCamera('studio'))
    t.strictSame(studio.getConnections()[0]!.peerConnection.getTransceivers(), [])
  }
  const [connection] = studio.getConnections()
  t.equal(connection!.localDescription!.sdp.match(/^m=/gm)!.length, 3, 'sections are used again')
  await page.evaluate(() => window.media.close('studio'))
  t.strictSame(errors.filter(error => !/409/.test(error)), [], 'the server may learn later than the page that they are connected')
})

t.test('a viewer -> gets its tracks when a broadcast begins', async t => {
  const { page, errors } = await openPage(t)
  await page.evaluate(() => window.media.connect('viewer', '/studio', 'client offers', undefined, true))
  const [viewer] = studio.getConnections()
  await page.evaluate(() => window.media.connect('broadcaster', '/loopback', 'client offers', 'rgb(30, 30, 200)'))
  for (const { receiver } of connections.getConnections()[0]!.peerConnection.getTransceivers()) viewer!.peerConnection.addTransceiver(receiver.track, { direction: 'sendonly' })
  await page.evaluate(() => window.media.hasTracks('viewer', 2))
  assertShown(t, await page.evaluate(() => window.media.show('viewer')), [30, 30, 200])
  await page.evaluate(() => ['viewer', 'broadcaster'].forEach(name => window.media.close(name)))
  t.strictSame(errors, [])
})

t.test('200 offers of the client that meet one of the server\'s -> both agree within a second, each time', async t => {
  const { page, errors } = await openPage(t)
  await page.evaluate(() => window.media.connect('studio', '/studio', 'client offers', undefined, true))
  const [connection] = studio.getConnections()
  const { peerConnection } = connection!
  const transceiver = peerConnection.addTransceiver('audio', { direction: 'sendonly' })
  await page.evaluate(() => window.media.hasTracks('studio', 1))
  collisions = 200
  const longest = await page.evaluate(() => window.media.change('studio', 200))
  t.equal(collisions, 0)
  t.ok(longest < 1000, `found ${longest} ms`)
  t.comment(`the longest took ${Math.round(longest)} ms`)
  t.strictSame([peerConnection.signalingState, transceiver.currentDirection], ['stable', 'sendonly'])
  t.equal(connection!.localDescription!.sdp.match(/^m=/gm)!.length, 3)
  await page.evaluate(() => window.media.close('studio'))
  t.strictSame(errors.filter(error => !/409/.test(error)), [], 'browsers show each 409')
})

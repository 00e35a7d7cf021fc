import { build } from 'esbuild'
import Fastify from 'fastify'
import t from 'tap'
import signaling, { ConnectionManager, type PeerConnection } from '../../plugin/index.js'
import { launchChromium } from '../helpers/chromium.js'

t.setTimeout(120_000)

const connections = new ConnectionManager({ bindAddress: '127.0.0.1', maxEventLoopDelay: Infinity })
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
const url = await app.listen({ host: '127.0.0.1', port: 0 })
t.teardown(() => app.close())

function loop ({ sender, receiver }: ReturnType<PeerConnection['addTransceiver']>): void {
  sender.replaceTrack(receiver.track)
}

for (const flow of ['client offers', 'server offers'] as const) {
  t.test(`audio and video, ${flow} -> sent back by the server -> pictures and sound that were sent`, async t => {
    const browser = await launchChromium(t)
    const page = await browser.newPage()
    page.on('console', message => { console.error(message.text()) })
    await page.goto(url)
    await page.evaluate(flow => window.media.connect('loop', '/loopback', flow, 'rgb(200, 30, 60)'), flow)
    const shown = await page.evaluate(() => window.media.show('loop'))
    console.error(JSON.stringify(shown))
    const [red = 0, green = 0, blue = 0] = shown.colour
    t.ok(Math.abs(red - 200) < 40 && Math.abs(green - 30) < 40 && Math.abs(blue - 60) < 40, `the colour, found ${shown.colour}`)
    t.ok(shown.framesPerSecond > 20, `frames a second, found ${shown.framesPerSecond}`)
    t.ok(shown.audioLevel > 0.01, `sound, found ${shown.audioLevel}`)
    await page.evaluate(() => window.media.close('loop'))
  })
}

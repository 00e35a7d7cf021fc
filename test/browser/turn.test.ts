import { build } from 'esbuild'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import signaling, { turnCredentials, type SignalingHooks } from '../../plugin/index.js'
import { launchChromium } from '../helpers/chromium.js'
import { openPage } from '../helpers/demo.js'
import { within } from '../helpers/deadline.js'
import { FORGERIES, type Credentials } from '../helpers/forged-credentials.js'
import { findTurnServer, startTurnServer, type TurnServer } from '../helpers/turn-server.js'

const echo: SignalingHooks['beforeOffer'] = peerConnection => {
  const channel = peerConnection.createDataChannel('echo', { negotiated: true, id: 0 })
  channel.onmessage = ({ data }) => channel.send(data)
}

/** A page whose client may only relay, and the server that tells it by what. */
async function serve (t: Test, clientIceServers: SignalingHooks['clientIceServers']): Promise<string> {
  const app = Fastify()
  const { outputFiles: [script] } = await build({ entryPoints: ['test/browser/turn-page.ts'], bundle: true, write: false })
  app.get('/', (_request, reply) => reply.type('text/html').send('<!doctype html><link rel="icon" href="data:,"><script src="/page.js"></script>'))
  app.get('/page.js', (_request, reply) => reply.type('text/javascript').send(script!.text))
  app.register(signaling, { prefix: '/echo', bindAddress: '127.0.0.1', maxEventLoopDelay: Infinity, clientIceServers, beforeOffer: echo, beforeAnswer: echo })
  t.teardown(() => app.close())
  return await app.listen({ host: '127.0.0.1', port: 0 })
}

function credentialsOf ({ url, secret }: TurnServer): ReturnType<typeof turnCredentials> {
  return turnCredentials({ urls: url, secret, timeToLive: 60_000 })
}

if (!findTurnServer()) {
  t.pass('No coturn here: nothing that relays has been tested')
} else {
  t.test('ConnectionClient in Chromium that may only relay -> connects through coturn with the server\'s credentials, in both directions', async t => {
    const turnServer = await startTurnServer(t)
    const { page, errors } = await openPage(t, await launchChromium(t), await serve(t, credentialsOf(turnServer)))
    for (const direction of ['the server offers', 'the client offers'] as const) {
      const type = await within(page.evaluate(direction => window.connectByRelay(direction), direction), `a connection where ${direction}`, 20_000)
      t.equal(type, 'relay', direction)
    }
    t.strictSame(errors, [])
  })

  t.test('credentials in Chromium -> coturn relays by those of turnCredentials, and not by expired and forged ones', async t => {
    const turnServer = await startTurnServer(t)
    const { page } = await openPage(t, await launchChromium(t), await serve(t, []))
    const gather = (credentials: Credentials) => page.evaluate(iceServer => window.gatherRelays(iceServer), { urls: turnServer.url, ...credentials })
    const right = credentialsOf(turnServer)({}, { principal: 'user' })[0] as Credentials
    t.match(await gather(right), [/ 127\.0\.0\.1 \d+ typ relay /])
    for (const [name, forge] of Object.entries(FORGERIES)) t.strictSame(await gather(forge(right, turnServer.secret)), [], name)
  })
}

import Fastify from 'fastify'
import t from 'tap'
import signaling, { ConnectionManager, type WebRtcStats } from '../../plugin/index.js'
import { launchChromium } from '../helpers/chromium.js'
import { openPage } from '../helpers/demo.js'
import { echo, echoHooks } from '../helpers/echo-hooks.js'
import { addPage } from '../helpers/page.js'
import type {} from './stats-page.js'

const SIZES = [1, 100, 5000]

t.setTimeout(60_000)

t.test('GET /connections/:id/stats while Chromium is connected -> what the page has sent and received, over the same pair', async t => {
  const connections = new ConnectionManager({ bindAddress: '127.0.0.1', maxEventLoopDelay: Infinity })
  const app = Fastify()
  await addPage(app, 'test/browser/stats-page.ts')
  app.register(signaling, {
    prefix: '/echo',
    connections,
    beforeOffer (peerConnection) {
      echoHooks.beforeOffer(peerConnection)
      peerConnection.ondatachannel = ({ channel }) => echo(channel)
    }
  })
  t.teardown(() => app.close())
  const url = await app.listen({ host: '127.0.0.1', port: 0 })

  const { page, errors } = await openPage(t, await launchChromium(t, { fakeMedia: true }), url)
  await page.evaluate(async () => { await navigator.mediaDevices.getUserMedia({ audio: true }) })
  const inPage = await page.evaluate(sizes => window.echoAndReadStats(sizes), SIZES)
  const [connection] = connections.getConnections()
  const atServer = await (await fetch(`${url}/echo/connections/${connection!.id}/stats`)).json() as WebRtcStats

  t.equal(inPage.channels.length, 2)
  for (const { label, protocol, dataChannelIdentifier, state, messagesSent, bytesSent, messagesReceived, bytesReceived } of inPage.channels) {
    t.match(atServer.dataChannels.find(channel => channel.label === label), {
      protocol,
      dataChannelIdentifier,
      state,
      messagesSent: messagesReceived,
      bytesSent: bytesReceived,
      messagesReceived: messagesSent,
      bytesReceived: bytesSent
    }, label)
    t.equal(messagesSent, SIZES.length)
  }
  t.equal(atServer.bytesSent, inPage.channels.reduce((sum, { bytesReceived }) => sum + bytesReceived, 0))
  t.equal(atServer.dataChannelsOpened, 2)

  const { localCandidate, remoteCandidate } = atServer.selectedCandidatePair!
  const of = ({ address, port, protocol }: WebRtcCandidate) => ({ address, port, protocol })
  t.strictSame(of(localCandidate), of(inPage.pair.remoteCandidate))
  t.strictSame(of(remoteCandidate), of(inPage.pair.localCandidate))
  t.same(errors, [])
})

type WebRtcCandidate = Record<'address' | 'protocol', string> & { port: number }

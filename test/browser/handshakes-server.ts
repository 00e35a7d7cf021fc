import Fastify from 'fastify'
import type { Test } from 'tap'
import signaling, { ConnectionManager } from '../../plugin/index.js'
import { within } from '../helpers/deadline.js'
import { echo, echoHooks } from '../helpers/echo-hooks.js'
import { addPage } from '../helpers/page.js'

/** The server of handshakes-page.ts, on loopback, closed when the test ends. Its peers are on loopback too, unless `bindAddress` says otherwise. */
export async function serveHandshakes (t: Test, { bindAddress }: { bindAddress?: string } = { bindAddress: '127.0.0.1' }): Promise<{ url: string, allDeleted: () => Promise<void> }> {
  let onClosed = () => {}
  const options = { bindAddress, maxEventLoopDelay: Infinity, onClosed: () => onClosed() }
  const connections = new ConnectionManager(options)
  const inBand = new ConnectionManager(options)
  const app = Fastify()
  await addPage(app, 'test/browser/handshakes-page.ts')
  app.register(signaling, { prefix: '/echo', connections, ...echoHooks })
  app.register(signaling, { prefix: '/in-band', connections: inBand, beforeOffer: peerConnection => echo(peerConnection.createDataChannel('echo')) })
  t.teardown(() => app.close())

  return {
    url: await app.listen({ host: '127.0.0.1', port: 0 }),
    async allDeleted () {
      const isEmpty = new Promise<void>(resolve => {
        onClosed = () => { if (connections.size + inBand.size === 0) resolve() }
        onClosed()
      })
      await within(isEmpty, 'the last connection to be deleted')
    }
  }
}

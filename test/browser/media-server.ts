import Fastify from 'fastify'
import type { Test } from 'tap'
import signaling, { ConnectionManager, type PeerConnection, type WebRtcSessionDescription } from '../../plugin/index.js'
import { addPage } from '../helpers/page.js'

export interface MediaServer {
  url: string
  /** Sends back audio and video, of both flows. */
  loopback: ConnectionManager
  /** The same for a client that offers them, also later. */
  studio: ConnectionManager
  /** What else happens while a description of one of the studio's clients is on its way. Nothing at first. */
  onDescription: (description: WebRtcSessionDescription, peerConnection: PeerConnection) => unknown
}

/** The server of media-page.ts, on loopback, closed when the test ends. */
export async function serveMedia (t: Test): Promise<MediaServer> {
  const loopback = new ConnectionManager({ bindAddress: '127.0.0.1', maxEventLoopDelay: Infinity })
  const studio = new ConnectionManager({ bindAddress: '127.0.0.1', maxEventLoopDelay: Infinity, media: true })
  const server: MediaServer = { url: '', loopback, studio, onDescription () {} }
  const app = Fastify({ logger: { level: 'error' } })
  await addPage(app, 'test/browser/media-page.ts')
  app.register(signaling, {
    prefix: '/loopback',
    connections: loopback,
    beforeOffer (peerConnection) {
      for (const kind of ['audio', 'video'] as const) loop(peerConnection.addTransceiver(kind))
    },
    beforeAnswer: loopTracks
  })
  app.register(async scope => {
    scope.addHook('preHandler', async ({ body, params }) => {
      const connection = studio.getConnection((params as { id: string }).id)
      if (connection && Object(body).sdp) await server.onDescription(body as WebRtcSessionDescription, connection.peerConnection)
    })
    await scope.register(signaling, { prefix: '/studio', connections: studio, beforeAnswer: loopTracks })
  })
  t.teardown(() => app.close())
  server.url = await app.listen({ host: '127.0.0.1', port: 0 })
  return server
}

function loopTracks (peerConnection: PeerConnection): void {
  peerConnection.ontrack = ({ transceiver }) => {
    transceiver.direction = 'sendrecv'
    loop(transceiver)
  }
}

function loop ({ sender, receiver }: ReturnType<PeerConnection['addTransceiver']>): void {
  sender.replaceTrack(receiver.track)
}

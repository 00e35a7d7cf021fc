import Fastify from 'fastify'
import type { Test } from 'tap'
import signaling, { ConnectionManager, type PeerConnection } from '../../plugin/index.js'
import { addPage } from '../helpers/page.js'

export interface MediaServer {
  url: string
  /** Sends back audio and video, of both flows. */
  loopback: ConnectionManager
  /** The same for a client that offers them, also later. */
  studio: ConnectionManager
  /** How many offers of the studio's clients are still to meet one of the server's. */
  collisions: number
}

/** The server of media-page.ts, on loopback, closed when the test ends. */
export async function serveMedia (t: Test): Promise<MediaServer> {
  const loopback = new ConnectionManager({ bindAddress: '127.0.0.1', maxEventLoopDelay: Infinity })
  const studio = new ConnectionManager({ bindAddress: '127.0.0.1', maxEventLoopDelay: Infinity, media: true })
  const server: MediaServer = { url: '', loopback, studio, collisions: 0 }
  let collided: string | undefined
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
    // While a client's offer is on its way the server makes one of its own. When the client offers the same again it gets through.
    scope.addHook('preHandler', async ({ body, params }) => {
      const { type, sdp } = Object(body)
      const direction = /^a=(sendonly|inactive)\r?$/m.exec(String(sdp).split('m=').at(-1)!)?.[1]
      if (type !== 'offer' || server.collisions === 0 || direction === collided) return
      collided = direction
      server.collisions--
      const { peerConnection } = studio.getConnection((params as { id: string }).id)!
      const [transceiver] = peerConnection.getTransceivers().filter(({ mid }) => mid?.startsWith('s'))
      transceiver!.direction = transceiver!.direction === 'sendonly' ? 'inactive' : 'sendonly'
      await new Promise(setImmediate)
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

import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import type { HookContext, MediaStreamTrack, PeerConnection } from '../../plugin/index.js'
import { Recordings } from './recordings.js'

const recordings = new Recordings()

export function beforeAnswer (peerConnection: PeerConnection, { connection }: HookContext) {
  const tracks: MediaStreamTrack[] = []
  peerConnection.addEventListener('track', ({ track }) => { tracks.push(track) })
  const channel = peerConnection.createDataChannel('recording', { negotiated: true, id: 0 })
  channel.addEventListener('open', async () => {
    const { name, recording } = recordings.create(tracks)
    channel.addEventListener('close', () => recording.finish())
    channel.send(JSON.stringify({ name }))
    const end = await recording.finished
    if (channel.readyState !== 'open') return
    channel.send(JSON.stringify({ end }))
    channel.close()
    connection.close()
  })
}

/** Serves the recordings, each once it is whole. */
export async function routes (app: FastifyInstance) {
  await app.register(fastifyStatic, { serve: false })
  app.addHook('onClose', () => recordings.close())
  app.get<{ Params: { name: string } }>('/recordings/:name', { schema: { hide: true } }, async (request, reply) => {
    const { name } = request.params
    const recording = recordings.get(name)
    if (!recording) return reply.callNotFound()
    await recording.finished.catch(() => {})
    return reply.sendFile(name, recordings.folder)
  })
}

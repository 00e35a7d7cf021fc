import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { createSignalingClient, type components } from '../../generated-client/index.js'
import { readEvents } from '../../generated-client/events.js'
import signaling, { ConnectionManager } from '../../plugin/index.js'
import { withoutIceCandidates } from '../../plugin/peer/ice-candidates.js'
import { within } from '../helpers/deadline.js'
import { NativePeer } from '../helpers/native-peer.js'

type WebRtcConnection = components['schemas']['WebRtcConnection']

const COUNT = 500
/** Most of them wait at the same time: a ClientHello that is lost comes again a second later. */
const CONCURRENCY = 25

t.setTimeout(240_000)

const connections = new ConnectionManager({ bindAddress: '127.0.0.1', maxEventLoopDelay: Infinity })
// Sockets that fetch opens and never uses would keep it from closing for a minute.
const app = Fastify({ forceCloseConnections: true })
app.register(signaling, { connections })
const api = createSignalingClient({ baseUrl: await app.listen({ host: '127.0.0.1', port: 0 }) })
t.teardown(() => app.close())

t.test(`${COUNT} connections whose descriptions have no candidates, the server offers: no failure`, t => connectMany(t, async farEnd => {
  const connection = await created({ trickle: true })
  const answer = farEnd.answer(connection.localDescription!.sdp)
  const { id } = connection
  await api.POST('/connections/{id}/remote-description', { params: { path: { id } }, body: { type: 'answer', sdp: withoutIceCandidates(answer) } })
  await exchangeCandidates(connection, farEnd, answer)
  return id
}))

t.test(`${COUNT} connections whose descriptions have no candidates, the client offers: no failure`, t => connectMany(t, async farEnd => {
  const offer = farEnd.offer()
  const connection = await created({ trickle: true, remoteDescription: { type: 'offer', sdp: withoutIceCandidates(offer) } })
  farEnd.applyAnswer(connection.localDescription!.sdp)
  await exchangeCandidates(connection, farEnd, offer)
  return connection.id
}))

async function connectMany (t: Test, connect: (farEnd: NativePeer) => Promise<string>): Promise<void> {
  const failures: string[] = []
  let started = 0
  await Promise.all(Array.from({ length: CONCURRENCY }, async () => {
    while (started++ < COUNT) {
      const farEnd = new NativePeer()
      const attempt = connect(farEnd).then(async id => {
        await farEnd.connected()
        await api.DELETE('/connections/{id}', { params: { path: { id } } })
      })
      await within(attempt, 'the connection').catch(error => failures.push(String(error)))
      await farEnd.close()
    }
  }))
  t.same(failures, [])
}

async function created (body: components['schemas']['WebRtcConnectionRequest']): Promise<WebRtcConnection> {
  const { data } = await api.POST('/connections', { body })
  if (!data || data.localDescription!.sdp.includes('candidate')) throw new Error('expected a description without candidates')
  return data
}

/** Those of this end by POST, those of the server as events. */
async function exchangeCandidates ({ id, lastEventId }: WebRtcConnection, farEnd: NativePeer, sdp: string): Promise<void> {
  const candidates = [...sdp.matchAll(/^a=(candidate:[^\r\n]+)/gm)].map(([, candidate]) => ({ candidate: candidate! }))
  await api.POST('/connections/{id}/remote-candidates', { params: { path: { id } }, body: { candidates: [...candidates, { candidate: '' }] } })
  for await (const event of readEvents(api, id, { lastEventId })) {
    if (event.type !== 'candidate') continue
    if (event.candidate.candidate === '') return
    farEnd.native.addRemoteCandidate(event.candidate.candidate, event.candidate.sdpMid!)
  }
}

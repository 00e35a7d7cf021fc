import t from 'tap'
import type { WebRtcConnection } from '../../plugin/index.js'
import { description } from '../helpers/descriptions.js'
import { readEventStream } from '../helpers/event-stream.js'
import { createFarEnd } from '../helpers/handshake.js'
import { withoutCandidates } from '../helpers/native-peer.js'
import { createServer, type TestServer } from '../helpers/server.js'
import { silentServer } from '../helpers/silent-server.js'

interface Event { id: number, type: string, candidate: { candidate: string }, description: { sdp: string } }

async function eventsAfter (server: TestServer, id: string, lastEventId: number): Promise<Event[]> {
  const { json } = await server.request<string>('GET', `/connections/${id}/events?timeout=0&lastEventId=${lastEventId}`)
  return readEventStream(json).map(({ data }) => JSON.parse(data) as Event)
}

for (const [name, remoteDescription] of Object.entries({ 'the server offers': undefined, 'the client offers': description('chromium-offer') })) {
  t.test(`POST /connections with trickle, ${name} -> a description without candidates, which come as events after lastEventId`, async t => {
    const server = await createServer(t)
    const { statusCode, json } = await server.request<WebRtcConnection>('POST', '/connections', { trickle: true, remoteDescription })
    t.equal(statusCode, 201)
    t.notMatch(json.localDescription!.sdp, /candidate/)
    const events = await eventsAfter(server, json.id, json.lastEventId)
    t.match(events.filter(({ type }) => type === 'candidate'), [{ candidate: { candidate: /^candidate:.* typ host$/, sdpMid: '0', sdpMLineIndex: 0 } }, { candidate: { candidate: '' } }])
    t.notOk(events.some(({ type }) => type === 'description'), 'it is in the answer')
    const [first] = (await eventsAfter(server, json.id, 0)).filter(({ type }) => type === 'description')
    t.strictSame(first?.description, json.localDescription)
    t.equal(first?.id, json.lastEventId)

    const { json: snapshot } = await server.request<WebRtcConnection>('GET', `/connections/${json.id}`)
    t.match(snapshot.localDescription!.sdp, /a=candidate:.*\r\na=end-of-candidates/, 'a snapshot has what has happened so far')
    t.strictSame(await eventsAfter(server, json.id, snapshot.lastEventId), [])
  })
}

t.test('POST /connections without trickle -> the candidates are in the description, and no event has them', async t => {
  const server = await createServer(t)
  const { id, localDescription } = await server.createConnection()
  t.match(localDescription!.sdp, /a=candidate:.*\r\na=end-of-candidates/)
  const events = await eventsAfter(server, id, 0)
  t.notOk(events.some(({ type }) => type === 'candidate'))
  t.strictSame(events.find(({ type }) => type === 'description')?.description, localDescription)
})

t.test('POST /connections with trickle while a STUN server is silent -> 201 at once, and a far end connects', async t => {
  const server = await createServer(t, { iceServers: [{ urls: `stun:127.0.0.1:${await silentServer(t)}` }], timeToHostCandidates: 10_000, timeToConnected: 8000 })
  const { json: { id, localDescription, lastEventId } } = await server.request<WebRtcConnection>('POST', '/connections', { trickle: true })
  t.notMatch(localDescription!.sdp, /candidate/)
  const farEnd = createFarEnd(t)
  const answer = farEnd.answer(localDescription!.sdp)
  t.equal((await server.setRemoteDescription(id, withoutCandidates(answer))).statusCode, 200)
  const candidates = [...answer.matchAll(/^a=(candidate:[^\r\n]*)/gm)].map(([, candidate]) => ({ candidate: candidate! }))
  t.equal((await server.request('POST', `/connections/${id}/remote-candidates`, { candidates })).statusCode, 200)
  const events = await eventsAfter(server, id, lastEventId)
  for (const { type, candidate } of events) if (type === 'candidate') farEnd.native.addRemoteCandidate(candidate.candidate, '0')
  await Promise.all([server.state(id, 'connected'), farEnd.connected()])
})

t.test('POST /connections without trickle while a STUN server is silent -> what is gathered after timeToHostCandidates comes as events', async t => {
  const server = await createServer(t, { iceServers: [{ urls: `stun:127.0.0.1:${await silentServer(t)}` }], timeToHostCandidates: 1 })
  const { id, localDescription, lastEventId } = await server.createConnection()
  t.match(localDescription!.sdp, /a=candidate:/)
  t.notMatch(localDescription!.sdp, /end-of-candidates/)
  t.strictSame(await eventsAfter(server, id, lastEventId), [])
  const { peerConnection } = server.connections.getConnection(id)!
  peerConnection.dispatch({ type: 'icecandidate', target: peerConnection, candidate: null })
  t.match(await eventsAfter(server, id, lastEventId), [{ type: 'candidate', candidate: { candidate: '' } }])
})

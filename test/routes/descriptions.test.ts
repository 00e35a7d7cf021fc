import t from 'tap'
import type { PeerConnection, WebRtcConnection, WebRtcSessionDescription } from '../../plugin/index.js'
import { description, descriptions, withAttribute, withLines } from '../helpers/descriptions.js'
import { connect, createFarEnd, offered } from '../helpers/handshake.js'
import { withoutCandidates } from '../helpers/native-peer.js'
import { createServer } from '../helpers/server.js'

t.test('GET /connections/:id/local-description -> 200 and the description of the connection', async t => {
  const server = await createServer(t)
  const offering = await server.createConnection()
  const answering = await server.createConnection(description('chromium-offer'))
  for (const { id, localDescription } of [offering, answering]) {
    const { statusCode, json } = await server.request<WebRtcSessionDescription>('GET', `/connections/${id}/local-description`)
    t.equal(statusCode, 200)
    t.strictSame(json, localDescription)
  }
})

t.test('GET /connections/:id/local-description while the hook runs -> 404', async t => {
  const server = await createServer(t, {
    async beforeOffer (_peerConnection, { connection }) {
      for (const path of ['local-description', 'remote-description']) {
        const { statusCode } = await server.request('GET', `/connections/${connection.id}/${path}`)
        t.equal(statusCode, 404)
      }
    }
  })
  await server.createConnection()
})

t.test('GET /connections/:id/remote-description -> 404 with a code of its own before the answer, 200 after it', async t => {
  const server = await createServer(t)
  const { connection, answer } = await offered(t, server)
  const before = await server.request('GET', `/connections/${connection.id}/remote-description`)
  t.equal(before.statusCode, 404)
  t.equal(before.json.code, 'FST_WEBRTC_NO_REMOTE_DESCRIPTION')
  const { json: applied } = await server.setRemoteDescription(connection.id, answer)
  const after = await server.request('GET', `/connections/${connection.id}/remote-description`)
  t.equal(after.statusCode, 200)
  t.strictSame(after.json, applied)
})

for (const [name, real] of descriptions) {
  if (real.type === 'offer') {
    t.test(`POST /connections with ${name} -> 201`, async t => {
      const server = await createServer(t)
      const connection = await server.createConnection(real)
      t.equal(connection.localDescription?.type, 'answer')
    })
  } else {
    t.test(`POST /connections/:id/remote-description with ${name} -> 200`, async t => {
      const server = await createServer(t, name.includes('media') ? { beforeOffer: addAudioAndVideo } : {})
      const { id } = await server.createConnection()
      const { statusCode, json } = await server.setRemoteDescription(id, real.sdp)
      t.equal(statusCode, 200)
      t.match(json, { type: 'answer', sdp: /^m=application/m })
    })
  }
}

function addAudioAndVideo (peerConnection: PeerConnection): void {
  for (const kind of ['audio', 'video'] as const) peerConnection.addTransceiver(kind)
}

t.test('POST /connections/:id/remote-description -> 200 and the description as it was applied', async t => {
  const server = await createServer(t, { remoteCandidates: 'none' })
  const { connection, answer } = await offered(t, server)
  const { statusCode, json } = await server.setRemoteDescription(connection.id, answer)
  t.equal(statusCode, 200)
  t.strictSame(json, { type: 'answer', sdp: withoutCandidates(answer) })
})

const WRONG_BODIES: Record<string, [body: string, code: RegExp]> = {
  'no body': ['', /FST_ERR_VALIDATION/],
  'no JSON': ['v=0', /FST_ERR_CTP_INVALID_JSON/],
  null: ['null', /FST_ERR_VALIDATION/],
  'no type': [JSON.stringify({ sdp: 'v=0' }), /FST_ERR_VALIDATION/],
  'no sdp': [JSON.stringify({ type: 'answer' }), /FST_ERR_VALIDATION/],
  'another property': [JSON.stringify({ ...description('chromium-answer'), id: 1 }), /FST_ERR_VALIDATION/],
  ...Object.fromEntries(['pranswer', 'rollback', 'ANSWER', 'Answer', '', 1, null, true].map(type =>
    [`type ${JSON.stringify(type)}`, [JSON.stringify({ ...description('chromium-answer'), type }), /FST_ERR_VALIDATION/] as [string, RegExp]])),
  'an sdp that is no SDP': [JSON.stringify({ type: 'answer', sdp: 'v=0' }), /FST_WEBRTC_INVALID_DESCRIPTION/],
  'an answer with audio': [JSON.stringify({ type: 'answer', sdp: withLines(description('chromium-answer').sdp, 'm=audio 9 UDP/TLS/RTP/SAVPF 111') }), /FST_WEBRTC_INVALID_DESCRIPTION/],
  'an answer for another offer': [JSON.stringify({ type: 'answer', sdp: withAttribute(description('chromium-answer').sdp, 'mid', '1') }), /FST_WEBRTC_INVALID_DESCRIPTION/],
  'an answer that asks who is active': [JSON.stringify({ type: 'answer', sdp: description('chromium-offer').sdp }), /FST_WEBRTC_INVALID_DESCRIPTION/]
}

for (const [name, [body, code]] of Object.entries(WRONG_BODIES)) {
  t.test(`POST /connections/:id/remote-description with ${name} -> 400, the connection as it was, and the right answer connects`, async t => {
    const server = await createServer(t)
    const { connection, farEnd, answer } = await offered(t, server)
    const { statusCode, json } = await server.request('POST', `/connections/${connection.id}/remote-description`, undefined, { body, headers: { 'content-type': 'application/json' } })
    t.equal(statusCode, 400)
    t.match(json.code, code)
    t.match((await server.request('GET', `/connections/${connection.id}`)).json, { ...connection, reconnectToken: undefined })

    t.equal((await server.setRemoteDescription(connection.id, answer)).statusCode, 200)
    farEnd.addCandidates(connection.localDescription!.sdp)
    await server.state(connection.id, 'connected')
  })
}

t.test('POST /connections/:id/remote-description with what only the native side refuses -> 400, and the connection closes', async t => {
  const server = await createServer(t)
  const { connection, answer } = await offered(t, server)
  const { statusCode, json } = await server.setRemoteDescription(connection.id, withLines(answer, 'a=extmap:x'))
  t.equal(statusCode, 400)
  t.match(json, { code: 'FST_WEBRTC_INVALID_DESCRIPTION', message: /the peer refused it$/ })
  await server.state(connection.id, 'closed: peer-error')
  t.equal((await server.setRemoteDescription(connection.id, answer)).statusCode, 404)
  t.strictSame(server.errors(), [])
})

t.test('POST /connections/:id/remote-description in every other state -> 409, and the connection stays', async t => {
  const server = await createServer(t)
  const answer = description('chromium-answer').sdp
  const unanswered = await server.createConnection()
  const asked: Record<string, [id: string, type: string, message: RegExp]> = {
    'an offer after an offer': [unanswered.id, 'offer', /expected an answer in have-local-offer, or an offer in stable once connected, found an offer in have-local-offer$/],
    'an answer to an answer': [(await server.createConnection(description('chromium-offer'))).id, 'answer', /found an answer in stable$/],
    'an answer when connected': [(await connect(t, server)).connection.id, 'answer', /found an answer in stable$/],
  }
  for (const [name, [id, type, message]] of Object.entries(asked)) {
    const before = (await server.request<WebRtcConnection>('GET', `/connections/${id}`)).json
    const { statusCode, json } = await server.setRemoteDescription(id, answer, type)
    t.equal(statusCode, 409, name)
    t.match(json, { code: 'FST_WEBRTC_INVALID_STATE', message })
    t.match((await server.request('GET', `/connections/${id}`)).json, { state: 'open', remoteDescription: before.remoteDescription })
  }
})

t.test('POST /connections/:id/remote-description twice -> 200, then 409', async t => {
  const server = await createServer(t)
  const { connection, answer } = await offered(t, server)
  t.equal((await server.setRemoteDescription(connection.id, answer)).statusCode, 200)
  t.equal((await server.setRemoteDescription(connection.id, answer)).statusCode, 409)
})

t.test('POST /connections/:id/remote-description 20 times at once -> exactly one 200, the others 409, and it connects', async t => {
  const server = await createServer(t)
  const { connection, farEnd, answer } = await offered(t, server)
  const other = createFarEnd(t).answer(withoutCandidates(connection.localDescription!.sdp))
  const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => server.setRemoteDescription(connection.id, index === 0 ? answer : other)))
  t.strictSame(answers.map(({ statusCode }) => statusCode).sort(), [200, ...Array(19).fill(409)])
  t.equal(answers[0]!.statusCode, 200, 'the first one')
  farEnd.addCandidates(connection.localDescription!.sdp)
  await server.state(connection.id, 'connected')
})

t.test('DELETE /connections/:id and an answer at once -> each request has its answer, and the connection is gone', async t => {
  const server = await createServer(t)
  const { connection, answer } = await offered(t, server)
  const [set, deleted] = await Promise.all([server.setRemoteDescription(connection.id, answer), server.request('DELETE', `/connections/${connection.id}`)])
  t.equal(deleted.statusCode, 200)
  t.match(set.statusCode, /^(200|404)$/)
  await server.state(connection.id, 'closed: deleted')
  t.equal(server.connections.size, 0)
})

t.test('DELETE /connections/:id between an answer and its turn -> 404 for the answer', async t => {
  const server = await createServer(t)
  const { connection: { id }, answer } = await offered(t, server)
  const connection = server.connections.getConnection(id)!
  const applied = connection.setRemoteDescription({ type: 'answer', sdp: answer })
  connection.close('deleted')
  await t.rejects(applied, { code: 'FST_WEBRTC_CONNECTION_NOT_FOUND', statusCode: 404 })
  t.equal(connection.remoteDescription, undefined)
})

import t from 'tap'
import { description } from '../helpers/descriptions.js'
import { offered } from '../helpers/handshake.js'
import { replacePeerConnection } from '../helpers/peers.js'
import { createServer } from '../helpers/server.js'

const TYPES = ['answer', 'offer', 'pranswer', 'rollback', '', ' ', 'OFFER', 'Answer', 'answer ', 'answer\0', 'offer,answer', '__proto__', 'constructor', 'toString', 'unspec', null, true, 0, 1, [], ['answer'], {}, { type: 'answer' }]
const headers = { 'content-type': 'application/json' }

for (const type of TYPES.filter(type => type !== 'offer')) {
  t.test(`POST /connections with type ${JSON.stringify(type)} -> 400, nothing reaches the native side, and no connection`, async t => {
    let calls = 0
    replacePeerConnection(t, PeerConnection => class extends PeerConnection {
      override setRemoteDescription () { calls++ }
    })
    const server = await createServer(t)
    const body = JSON.stringify({ remoteDescription: { type, sdp: description('chromium-offer').sdp } })
    t.equal((await server.request('POST', '/connections', undefined, { body, headers })).statusCode, 400)
    t.equal(calls, 0)
    t.equal(server.connections.size, 0)
  })
}

t.test('POST /connections/:id/remote-description with every type but answer -> 400, for an offer 409; the server stays the one that offers, and the answer connects', async t => {
  const server = await createServer(t)
  const { connection, farEnd, answer } = await offered(t, server)
  const path = `/connections/${connection.id}/remote-description`
  for (const type of TYPES.filter(type => type !== 'answer')) {
    for (const sdp of [answer, description('chromium-offer').sdp]) {
      const { statusCode } = await server.request('POST', path, undefined, { body: JSON.stringify({ type, sdp }), headers })
      t.equal(statusCode, type === 'offer' ? 409 : 400, JSON.stringify(type))
      t.match((await server.request('GET', `/connections/${connection.id}`)).json, { signalingState: 'have-local-offer', localDescription: { type: 'offer' } })
    }
  }
  t.equal((await server.setRemoteDescription(connection.id, answer)).statusCode, 200)
  farEnd.addCandidates(connection.localDescription!.sdp)
  await server.state(connection.id, 'connected')
})

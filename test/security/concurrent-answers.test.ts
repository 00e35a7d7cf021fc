import t from 'tap'
import { offered } from '../helpers/handshake.js'
import { listen } from '../helpers/http-client.js'
import { replacePeerConnection } from '../helpers/peers.js'
import { createServer } from '../helpers/server.js'

const ANSWERS = 50

t.test(`POST /connections/:id/remote-description ${ANSWERS} times at once, over sockets -> one 200, the others 409, exactly one native call, and it connects; again -> 409`, async t => {
  let calls = 0
  replacePeerConnection(t, PeerConnection => class extends PeerConnection {
    override setRemoteDescription (sdp: string, type: 'offer' | 'answer') {
      // The far end takes the offer.
      if (type === 'answer') calls++
      super.setRemoteDescription(sdp, type)
    }
  })
  const server = await createServer(t)
  const client = await listen(t, server.app)
  const { connection, farEnd, answer } = await offered(t, server)
  const path = `/connections/${connection.id}/remote-description`
  const answers = await Promise.all(Array.from({ length: ANSWERS }, () => client.post(path, { type: 'answer', sdp: answer })))
  t.strictSame(answers.map(({ statusCode }) => statusCode).sort(), [200, ...Array(ANSWERS - 1).fill(409)])
  t.equal(calls, 1)
  farEnd.addCandidates(connection.localDescription!.sdp)
  await server.state(connection.id, 'connected')
  t.equal((await client.post(path, { type: 'answer', sdp: answer })).statusCode, 409)
  t.equal(calls, 1)
})

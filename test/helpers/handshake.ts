import type { RtcConfig } from 'node-datachannel'
import type { Test } from 'tap'
import type { WebRtcConnection } from '../../plugin/index.js'
import { NativePeer, withoutCandidates } from './native-peer.js'
import type { TestServer } from './server.js'

/** A far end that is closed when the test ends. */
export function createFarEnd (t: Test, configuration?: Partial<RtcConfig>): NativePeer {
  const farEnd = new NativePeer(configuration)
  t.teardown(() => farEnd.close())
  return farEnd
}

/** A connection that the server has offered, and a far end with the answer to it. */
export async function offered (t: Test, server: TestServer): Promise<{ connection: WebRtcConnection, farEnd: NativePeer, answer: string }> {
  const connection = await server.createConnection()
  const farEnd = createFarEnd(t)
  const answer = farEnd.answer(withoutCandidates(connection.localDescription!.sdp))
  return { connection, farEnd, answer }
}

/** A connected connection, by way of the server's offer. */
export async function connect (t: Test, server: TestServer): Promise<{ connection: WebRtcConnection, farEnd: NativePeer, answer: string }> {
  const { connection, farEnd, answer } = await offered(t, server)
  const { statusCode, body } = await server.setRemoteDescription(connection.id, answer)
  if (statusCode !== 200) throw new Error(`setRemoteDescription: expected 200, found ${statusCode} ${body}`)
  farEnd.addCandidates(connection.localDescription!.sdp)
  await Promise.all([server.state(connection.id, 'connected'), farEnd.connected()])
  return { connection, farEnd, answer }
}

/** A connected connection, by way of the far end's offer, which is without candidates: a native far end fails now and then when the server's checks reach it before the answer. */
export async function connectByOffer (t: Test, server: TestServer): Promise<{ connection: WebRtcConnection, farEnd: NativePeer }> {
  const farEnd = createFarEnd(t)
  const connection = await server.createConnection({ type: 'offer', sdp: withoutCandidates(farEnd.offer()) })
  farEnd.applyAnswer(connection.localDescription!.sdp)
  await Promise.all([server.state(connection.id, 'connected'), farEnd.connected()])
  return { connection, farEnd }
}

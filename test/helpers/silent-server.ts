import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { Test } from 'tap'

/** The port of a UDP socket on loopback that never answers: as a STUN or TURN server it keeps a peer gathering. */
export async function silentServer (t: Test): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  t.teardown(() => { socket.close() })
  await once(socket, 'listening')
  return socket.address().port
}

import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'
import type { Test } from 'tap'

const LOOPBACK = '127.0.0.1'

/** A UDP port that was free a moment ago. */
export async function freePort (address = LOOPBACK): Promise<number> {
  const socket = await bind(0, address)
  const { port } = socket.address()
  const closed = once(socket, 'close')
  socket.close()
  await closed
  return port
}

/** A UDP port of loopback, any or this one, that is taken until the test ends. */
export async function takePort (t: Test, port = 0): Promise<number> {
  const socket = await bind(port, LOOPBACK)
  t.teardown(() => { socket.close() })
  return socket.address().port
}

async function bind (port: number, address: string): Promise<Socket> {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4').bind(port, address)
  await once(socket, 'listening')
  return socket
}

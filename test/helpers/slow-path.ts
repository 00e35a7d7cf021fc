import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import type { Test } from 'tap'

/** A UDP port of loopback from which everything goes on to another, and back, so many milliseconds later each way. Its number. */
export async function slowPath (t: Test, port: number, milliseconds: number): Promise<number> {
  const timers = new Set<NodeJS.Timeout>()
  const sockets: Socket[] = []
  const later = (call: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      call()
    }, milliseconds)
    timers.add(timer)
  }
  t.teardown(() => {
    timers.forEach(clearTimeout)
    for (const socket of sockets) socket.close()
  })

  /** One towards the other port for each that sends. */
  const onward = new Map<number, Socket>()
  const entry = createSocket('udp4').bind(0, '127.0.0.1')
  sockets.push(entry)
  entry.on('message', (message, { port: from }) => {
    let socket = onward.get(from)
    if (!socket) {
      socket = createSocket('udp4').on('message', answer => later(() => entry.send(answer, from, '127.0.0.1')))
      onward.set(from, socket)
      sockets.push(socket)
    }
    later(() => socket.send(message, port, '127.0.0.1'))
  })
  await once(entry, 'listening')
  return entry.address().port
}

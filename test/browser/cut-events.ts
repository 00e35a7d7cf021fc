/** What any browser has to do on events-page.ts. */
import type { Socket } from 'node:net'
import Fastify from 'fastify'
import type { Test } from 'tap'
import signaling, { ConnectionManager } from '../../plugin/index.js'
import { signal, within } from '../helpers/deadline.js'
import { addPage, type ScriptedPage } from '../helpers/page.js'
import type { Reader } from './events-page.js'

export interface EventServer {
  url: string
  connections: ConnectionManager
  /** Settles with its socket when a stream of the connection's events begins. */
  reading (id: string): Promise<Socket>
}

/** The server of events-page.ts, on loopback, closed when the test ends. */
export async function serveEvents (t: Test): Promise<EventServer> {
  // Nobody connects, and a reader that was cut five times before it had an event waits 15 s in all at the longest.
  const connections = new ConnectionManager({ bindAddress: '127.0.0.1', maxEventLoopDelay: Infinity, timeToConnected: 60_000 })
  const readers = new Map<string, (socket: Socket) => void>()
  const app = Fastify()
  await addPage(app, 'test/browser/events-page.ts')
  app.addHook('onSend', async ({ params, raw: { socket } }) => { readers.get((params as { id: string }).id)?.(socket) })
  app.register(signaling, { connections })
  t.teardown(() => app.close())
  return {
    url: await app.listen({ host: '127.0.0.1', port: 0 }),
    connections,
    async reading (id) {
      const { promise, resolve } = signal<Socket>()
      readers.set(id, resolve)
      return await within(promise, 'a reader')
    }
  }
}

/** A page reads all events, each once, whatever is cut: before an event, behind it, and with more to come while it is away. */
export async function readCutEvents (t: Test, page: ScriptedPage, server: EventServer, reader: Reader, cuts: number): Promise<void> {
  const connection = await server.connections.createConnection()
  const { id, events } = connection
  let isReading = server.reading(id)
  const read = page.evaluate(({ reader, id }) => window.readEvents[reader](id), { reader, id })
  for (let cut = 0; cut < cuts; cut++) {
    const socket = await isReading
    isReading = server.reading(id)
    happen()
    await new Promise(setImmediate)
    happen()
    // With a reset what is still on its way is lost.
    if (cut % 2) socket.resetAndDestroy()
    else socket.destroy()
    happen()
  }
  await isReading
  connection.close()
  const ids = await within(read, 'the page to have read the end')
  t.strictSame(ids, ids.map((_id, index) => index + 1), 'no event lost, none doubled')
  t.equal(ids.at(-1), events.lastId)

  function happen (): void {
    for (let index = 0; index < 2; index++) events.append({ type: 'candidate', candidate: { candidate: '' } })
  }
}

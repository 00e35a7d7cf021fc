import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import { within } from '../helpers/deadline.js'
import { startServer } from './start-server.js'

t.setTimeout(60_000)

const REQUEST_TIMEOUT = 5000
const CONNECTION_TIMEOUT = 5000
/** Milliseconds after which every slow client has to be gone: the longer of the two, the next check, and what a busy machine adds. */
const GONE = 9000

/** What README.md recommends, in less time. */
const RECOMMENDED = { requestTimeout: REQUEST_TIMEOUT, connectionTimeout: CONNECTION_TIMEOUT, http: { headersTimeout: REQUEST_TIMEOUT, connectionsCheckingInterval: 500 } }

const HEADERS = 'POST /connections HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n'

/** What each kind of client does with its socket, and how many there are of it. */
const KINDS: Record<string, { count: number, act: (socket: Socket) => void }> = {
  'says nothing': { count: 333, act: () => {} },
  'sends its headers byte by byte': { count: 333, act: socket => drip(socket, HEADERS.repeat(100)) },
  'sends its body byte by byte': { count: 333, act: dripBody }
}
/** They keep the server busy at first, with as many answers as fit into their sockets' buffers. */
const NEVER_READING = 4
const ALL = Object.values(KINDS).reduce((sum, { count }) => sum + count, 0)

t.test(`${ALL} slow clients, and some that never read their answers -> all are closed in time, and others are served as fast as before`, async t => {
  const server = await startServer(t, { fastify: RECOMMENDED, connections: { maxEventLoopDelay: 60_000 } })
  await server.timeToServe()
  const before = await server.timeToServe()
  const held = await server.held()

  const open = async (count: number, act: (socket: Socket) => void) => {
    await Promise.all(Array.from({ length: count }, async () => {
      const socket = connect({ host: '127.0.0.1', port: server.port })
      t.teardown(() => { socket.destroy() })
      socket.on('error', () => {})
      await within(once(socket, 'connect'), 'a socket to be connected')
      act(socket)
    }))
  }
  for (const { count, act } of Object.values(KINDS)) await open(count, act)
  // Their connections stand in the queue of the system before the server has accepted them.
  let all = await server.held()
  for (let tries = 0; tries < 100 && all.files < held.files + ALL * 0.9; tries++) all = await server.held()
  const times = [await server.timeToServe(), await server.timeToServe(), await server.timeToServe()]
  const during = Math.min(...times)
  const most = await server.held()
  t.ok(Math.min(all.files, most.files) >= held.files + ALL * 0.9, `${all.files}, then ${most.files} file descriptors after ${held.files}`)
  t.ok(during < 3 * before, `a client is served in ${during.toFixed(1)} ms, before in ${before.toFixed(1)} ms`)
  t.ok(await server.connect() < GONE, 'and connects')
  await open(NEVER_READING, socket => {
    socket.pause()
    socket.write('GET /openapi.json HTTP/1.1\r\nhost: localhost\r\n\r\n'.repeat(500))
  })
  const last = performance.now()

  await wait(last + GONE - performance.now())
  const after = await server.held()
  t.ok(after.files <= held.files + 10, `${after.files} file descriptors at the end`)
  t.equal(after.connections, 0)
})

function dripBody (socket: Socket): void {
  socket.write(`${HEADERS}content-length: 30000\r\n\r\n`)
  drip(socket, '{'.repeat(30_000))
}

/** As slow as goes, but never silent for long. */
function drip (socket: Socket, text: string): void {
  let index = 0
  const timer = setInterval(() => {
    if (index < text.length && socket.writable) socket.write(text[index++]!)
  }, 1000)
  socket.on('close', () => clearInterval(timer))
}

import t from 'tap'
import { startChild } from '../helpers/child.js'
import { freePort } from '../helpers/udp-port.js'
import { startServer } from './start-server.js'

t.setTimeout(60_000)

const RATE = 5000
const SECONDS = 2
const CONNECTS = 12
const MEGABYTE = 1024 * 1024

t.test(`one UDP port for all peers, to which ${RATE} packets a second of junk and of forged checks are sent -> every client connects meanwhile, and memory stays as it is`, async t => {
  const udpPort = await freePort()
  const server = await startServer(t, { fastify: { requestTimeout: 10_000 }, connections: { udpPort, timeToConnected: 60_000, maxEventLoopDelay: 60_000 } })
  const { json: { localDescription } } = await server.ask('POST', '/connections')
  const [, ufrag] = /^a=ice-ufrag:(\S+)/m.exec(localDescription!.sdp)!
  for (let number = 0; number < 3; number++) await server.connect()

  const flood = async (meanwhile: () => Promise<void>) => {
    const flooder = startChild(new URL('udp-flood.ts', import.meta.url), { args: [udpPort, RATE, SECONDS, ufrag!].map(String) })
    await flooder.line()
    const [sent] = await Promise.all([flooder.line(15_000), meanwhile()])
    t.equal((await flooder.ended).exitCode, 0)
    return Number(sent)
  }
  // Whatever memory it takes once, it has now taken.
  await flood(async () => {})
  const before = await server.held()
  const sent = await flood(async () => {})
  const after = await server.held()
  t.ok(sent > RATE, `${sent} packets`)
  t.comment(`${((after.cpu - before.cpu) / sent).toFixed(1)} µs of processor time for each packet, RSS +${((after.rss - before.rss) / MEGABYTE).toFixed(1)} MB`)

  const times: number[] = []
  await flood(async () => { for (let number = 0; number < CONNECTS; number++) times.push(await server.connect()) })
  t.equal(times.length, CONNECTS)
  t.comment(`connects took ${times.map(Math.round).join(', ')} ms`)
  const end = await server.held()
  t.ok(end.rss - before.rss < 8 * MEGABYTE, `RSS has grown by ${((end.rss - before.rss) / MEGABYTE).toFixed(1)} MB`)
  t.ok(end.files <= before.files + 5, `${end.files} file descriptors after ${before.files}`)
  t.ok(end.threads <= before.threads, `${end.threads} threads after ${before.threads}`)
})

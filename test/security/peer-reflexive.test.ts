import t from 'tap'
import { startServer } from './start-server.js'

t.setTimeout(60_000)

const CONNECTS = Number(process.env.CONNECTS ?? 15)

t.test(`remoteCandidates 'none' -> ${CONNECTS} clients, none of whose candidates reach the server -> each connects`, async t => {
  const server = await startServer(t, { fastify: { requestTimeout: 10_000 }, connections: { remoteCandidates: 'none', maxEventLoopDelay: 60_000 } })
  const times: number[] = []
  for (let number = 0; number < CONNECTS; number++) times.push(await server.connect())
  t.equal(times.length, CONNECTS)
  t.comment(`p50 ${times.sort((a, b) => a - b)[CONNECTS >> 1]!.toFixed(0)} ms, the longest ${times.at(-1)!.toFixed(0)} ms`)
})

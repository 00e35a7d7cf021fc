import wrtc from '@roamhq/wrtc'
import t from 'tap'
import { ConnectionClient } from '../../generated-client/index.js'
import { startChild } from '../helpers/child.js'
import { within } from '../helpers/deadline.js'
import { withSpare } from '../helpers/with-spare.js'

/** How many have to connect, in each direction. */
const COUNT = 1000
/** At a time: libwebrtc in Node spends most of a handshake waiting. */
const CONCURRENCY = 8

t.setTimeout(300_000)

const server = startChild(new URL('echo-server.ts', import.meta.url), { deadline: 280_000 })
t.teardown(() => { server.process.kill() })
const baseUrl = await server.line()
const client = new ConnectionClient({ baseUrl, RTCPeerConnection: wrtc.RTCPeerConnection })

for (const [direction, connect] of Object.entries({
  'the client offers': () => connectOnce(echo => client.createConnection({ beforeOffer: peerConnection => echo(peerConnection.createDataChannel('echo')) })),
  'the server offers, with one attempt to spare': withSpare(() => connectOnce(echo => client.createConnection({ beforeAnswer: peerConnection => echo(peerConnection.createDataChannel('echo', { negotiated: true, id: 0 })) })))
})) {
  t.test(`${COUNT} connections from Node, ${direction}, an echo on each: no failure`, async t => {
    const failures: string[] = []
    const durations: number[] = []
    let started = 0
    await Promise.all(Array.from({ length: CONCURRENCY }, async () => {
      while (started++ < COUNT) {
        const start = performance.now()
        await connect().catch(error => failures.push(String(error)))
        durations.push(performance.now() - start)
      }
    }))
    durations.sort((a, b) => a - b)
    t.same(failures, [])
    t.comment(`median ${durations[COUNT / 2]!.toFixed(1)} ms, longest ${durations.at(-1)!.toFixed(0)} ms`)
  })
}

t.test('nothing is left at the server, which ends by itself', async t => {
  server.process.stdin!.end()
  t.same(JSON.parse(await server.line()), { connections: 0, live: 0 })
  t.match(await server.ended, { exitCode: 0, signal: null })
})

type Echo = (channel: RTCDataChannel) => void

async function connectOnce (connect: (echo: Echo) => Promise<RTCPeerConnection>): Promise<void> {
  let echoed: Promise<void> | undefined
  const peerConnection = await connect(channel => { echoed = untilEchoed(channel) })
  try {
    await within(echoed!, 'an echo')
  } finally {
    peerConnection.close()
  }
}

function untilEchoed (channel: RTCDataChannel): Promise<void> {
  return new Promise(resolve => {
    channel.onopen = () => channel.send('hello')
    channel.onmessage = () => resolve()
  })
}

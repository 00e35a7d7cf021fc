/** Three processes and a broker behind a proxy that sends each request to any of them. */
import t, { type Test } from 'tap'
import type { WebRtcConnection } from '../../plugin/index.js'
import { launchChromium } from '../helpers/chromium.js'
import { until } from '../helpers/cluster.js'
import { answerOffer, createConnection, postTo } from '../helpers/http-far-end.js'
import { NativePeer, withoutCandidates, withSetup, type NativeChannel } from '../helpers/native-peer.js'
import { findNatsServer, NatsServer } from '../helpers/nats-server.js'
import { inTurn, Proxy } from '../helpers/proxy.js'
import { startProcesses } from './processes.js'

/** Of native far ends, in each direction. */
const COUNT = 1000
/** Of Chromium, in both together. */
const IN_CHROMIUM = 300
const AT_A_TIME = 25

t.setTimeout(300_000)

if (!findNatsServer()) {
  t.pass('There is no nats-server: no cluster of several processes has been tested')
} else {
  for (const [name, connectOne] of Object.entries({ 'the server offers': answerOne, 'the client offers': offerOne })) {
    t.test(`${COUNT} handshakes where ${name}, and the servers begin DTLS, each request to any of three processes -> 0 failures, and nothing is left`, async t => {
      const { proxy, processes } = await behindProxy(t)
      const { failures, times } = await connectMany(() => connectOne(`${proxy.origin}/echo`))
      t.strictSame(failures, [])
      t.equal(times.length, COUNT)
      t.comment(`p50 ${times[COUNT / 2]!.toFixed(0)} ms, p99 ${times[COUNT * 0.99]!.toFixed(0)} ms; requests: ${[...proxy.requests.values()].join(', ')}`)
      for (const { size } of processes) await until(async () => await size() === 0, 'nothing to be left')
      for (const { child } of processes) t.strictSame([child.process.exitCode, child.process.signalCode], [null, null])
    })
  }

  t.test(`${IN_CHROMIUM} handshakes of ConnectionClient in Chromium, in both directions, each request to the next of three processes -> 0 failures`, async t => {
    const { proxy, processes } = await behindProxy(t, { balance: inTurn() })
    const browser = await launchChromium(t)
    const page = await browser.newPage()
    const errors: string[] = []
    // Two requests of a client go two ways: a candidate may arrive after the end of its peer.
    page.on('console', message => { if (message.type() === 'error' && !/remote-candidates$/.test(message.location().url)) errors.push(message.text()) })
    page.on('pageerror', error => { errors.push(String(error)) })
    await page.goto(proxy.origin)
    const connect = async (flow: string, count: number, concurrency: number) => {
      const { failures, median, longest } = await page.evaluate(([flow, count, concurrency]) => window.connectMany(flow, count, concurrency), [flow, count, concurrency] as const)
      t.comment(`${flow}: median ${median.toFixed(0)} ms, longest ${longest.toFixed(0)} ms`)
      return failures
    }
    for (const flow of ['client offers', 'server offers']) t.strictSame(await connect(flow, IN_CHROMIUM / 2, 6), [], flow)
    for (const flow of ['client offers, candidates by themselves', 'server offers, candidates by themselves', 'client offers, trickle', 'server offers, trickle']) t.strictSame(await connect(flow, 20, 3), [], flow)
    t.strictSame(errors, [], "nothing in the browser's console")
    for (const { size } of processes) await until(async () => await size() === 0, 'nothing to be left')
  })
}

async function behindProxy (t: Test, options = {}) {
  const nats = await NatsServer.start(t)
  const processes = await startProcesses(t, 3, { nats: { servers: nats.url } })
  return { processes, proxy: await Proxy.start(t, processes.map(({ origin }) => origin), options) }
}

async function connectMany (connect: () => Promise<void>): Promise<{ failures: string[], times: number[] }> {
  const failures: string[] = []
  const times: number[] = []
  let started = 0
  await Promise.all(Array.from({ length: AT_A_TIME }, async () => {
    while (started++ < COUNT) {
      const start = performance.now()
      await connect().then(() => times.push(performance.now() - start), error => failures.push(String(error)))
    }
  }))
  return { failures, times: times.sort((a, b) => a - b) }
}

/** An answer to the server's offer, an echo, and DELETE. */
async function answerOne (origin: string): Promise<void> {
  const post = postTo(origin)
  const farEnd = new NativePeer()
  try {
    const connection = await createConnection(post)
    const { type, sdp } = connection.localDescription!
    const localDescription = { type, sdp: withSetup(sdp, 'active') }
    await echo(await answerOffer(post, { ...connection, localDescription }, farEnd, () => farEnd.createDataChannel('echo', { negotiated: true, id: 0 })))
    await deleteOne(origin, connection.id)
  } finally {
    await farEnd.close()
  }
}

/** An offer to the server, an echo, and DELETE. */
async function offerOne (origin: string): Promise<void> {
  const farEnd = new NativePeer()
  try {
    const channel = farEnd.createDataChannel('echo')
    const { id, localDescription } = await postTo(origin)('/connections', { remoteDescription: { type: 'offer', sdp: withSetup(withoutCandidates(farEnd.offer()), 'passive') } }) as WebRtcConnection
    farEnd.applyAnswer(localDescription!.sdp)
    await farEnd.connected()
    await echo(channel)
    await deleteOne(origin, id)
  } finally {
    await farEnd.close()
  }
}

async function echo (channel: NativeChannel): Promise<void> {
  await channel.opened()
  channel.send('hello')
  await channel.messages(1)
}

async function deleteOne (origin: string, id: string): Promise<void> {
  const answer = await fetch(`${origin}/connections/${id}`, { method: 'DELETE' })
  if (!answer.ok) throw new Error(`DELETE: ${answer.status} ${await answer.text()}`)
  await answer.arrayBuffer()
}

import t from 'tap'
import { signal, within } from '../helpers/deadline.js'
import { EchoClient, startSupervised } from './supervised-child.js'

t.setTimeout(120_000)

const CLIENTS = 10

t.test('SIGTERM under load -> new clients get 503, those there are lose nothing, and the process ends when they have gone', async t => {
  const { child, workers: [worker], closed } = await startSupervised(t, 1, 60_000)
  const { origin } = worker!
  const clients = await Promise.all(Array.from({ length: CLIENTS }, () => EchoClient.connect(t, origin)))
  const talked = new AbortController()
  const talks = clients.map(async client => { while (!talked.signal.aborted) await client.echo(10) })
  const refused = untilRefused(origin)
  const created = signal()
  const late = EchoClient.connect(t, origin, () => {
    created.resolve()
    return refused
  })
  await created.promise
  t.same(await ask(`${origin}/readyz`), { status: 200, body: { status: 'ready' } })

  child.process.kill('SIGTERM')
  t.match(await refused, /^POST http:\S+\/connections: 503 .*"code":"FST_WEBRTC_CLOSING"/)
  t.same(await ask(`${origin}/readyz`), { status: 503, body: { status: 'draining' } })
  t.same(await ask(`${origin}/healthz`), { status: 200, body: { status: 'alive' } })
  talked.abort()
  await Promise.all(talks)
  clients.push(await late)
  for (let round = 0; round < 10; round++) await Promise.all(clients.map(client => client.echo(10)))
  for (const { id } of clients) t.equal((await ask(`${origin}/connections/${id}`)).status, 200)

  for (const client of clients) {
    await client.echo()
    await client.farEnd.close()
  }
  t.match(await within(child.ended, 'the end of the process'), { exitCode: 0, signal: null, stderr: '' })
  t.same([...new Set(closed)], ['peer'])
})

t.test('SIGTERM with a client that stays -> it is closed when the time is over, and the exit code is 0', async t => {
  const time = 1000
  const { child, workers: [worker], closed } = await startSupervised(t, 1, time)
  const client = await EchoClient.connect(t, worker!.origin)
  const start = performance.now()
  child.process.kill('SIGTERM')
  await client.farEnd.closed()
  t.ok(performance.now() - start >= time)
  t.match(await within(child.ended, 'the end of the process'), { exitCode: 0, signal: null, stderr: '' })
  t.same(closed, ['shutdown'])
})

t.test('a second signal with a client that stays -> ends every process at once', async t => {
  const { child, workers } = await startSupervised(t, 2, 60_000)
  const { origin } = workers[0]!
  await EchoClient.connect(t, origin)
  child.process.kill('SIGTERM')
  await untilRefused(origin)
  child.process.kill('SIGINT')
  t.match(await within(child.ended, 'the end of the processes', 5000), { exitCode: null, signal: 'SIGINT', stderr: '' })
  for (const { origin } of workers) await t.rejects(fetch(origin))
})

/** Clients connect, are answered and go, one after the other, until the first that is refused. What it was told. */
async function untilRefused (origin: string): Promise<string> {
  for (let attempts = 0; attempts < 1000; attempts++) {
    try {
      const client = await EchoClient.connect({ teardown () {} }, origin)
      await client.echo(10)
      await client.farEnd.close()
    } catch (error) {
      return (error as Error).message
    }
  }
  throw new Error('expected the server to refuse clients')
}

async function ask (url: string): Promise<{ status: number, body: unknown }> {
  const answer = await fetch(url)
  return { status: answer.status, body: await answer.json() }
}

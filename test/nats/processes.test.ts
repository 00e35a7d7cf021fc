/** What processes, and a real broker, do when one of them is killed, frozen, cut off or replaced: each answer, and the time it took. */
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import type { WebRtcConnection } from '../../plugin/index.js'
import { until } from '../helpers/cluster.js'
import { within } from '../helpers/deadline.js'
import { EchoClient } from '../process/supervised-child.js'
import { findNatsServer, NatsServer } from '../helpers/nats-server.js'
import { Proxy } from '../helpers/proxy.js'
import { TcpRelay } from '../helpers/tcp-relay.js'
import { startProcess, startProcesses, type ClusterProcess } from './processes.js'
import type { ClusterProcessInit } from './cluster-process.js'

t.setTimeout(240_000)

interface Answer { status: number, code?: string, time: number }

/** The longest that an answer may take: the timeout of 1.5 s, the last word of half a second, and what a busy machine adds. */
const LONGEST = 4000

/** Until both ends have noticed that a path swallows everything: nine seconds for the process, six for this broker. */
const TIME_TO_NOTICE = 30_000

if (!findNatsServer()) {
  t.pass('There is no nats-server: no cluster of several processes has been tested')
} else {
  t.test('an owner that is killed -> 404 at the others, at once; a request that was under way ends within seconds, too', async t => {
    const { processes: [owner, other, third] } = await start(t)
    const id = await create(owner!)
    const underWay = get(other!, `${id}/local-candidates?after=100&wait=30000`)
    await settled(owner!, id)
    const killed = performance.now()
    owner!.child.process.kill('SIGKILL')
    await owner!.child.ended
    const { statuses, last } = await getUntil(other!, id, ({ status }) => status === 404)
    t.strictSame(statuses.filter(status => ![503, 404].includes(status)), [])
    t.comment(`404 after ${(performance.now() - killed).toFixed(0)} ms, the last answer in ${last.time.toFixed(0)} ms`)
    t.match(await get(third!, id), { status: 404, code: 'FST_WEBRTC_CONNECTION_NOT_FOUND' })
    const { status, time } = await underWay
    t.ok([404, 503].includes(status), `${status} for what was under way`)
    t.ok(time < LONGEST, `after ${time.toFixed(0)} ms`)
    t.equal((await get(other!, await create(third!))).status, 200)
  })

  t.test('an owner that is frozen -> 504 within the timeout, and 200 when it goes on', async t => {
    const { processes: [owner, other] } = await start(t)
    const id = await create(owner!)
    owner!.child.process.kill('SIGSTOP')
    const answers = await Promise.all([get(other!, id), get(other!, id)])
    for (const { status, code, time } of answers) {
      t.strictSame([status, code], [504, 'FST_WEBRTC_CLUSTER_TIMEOUT'])
      t.ok(time < LONGEST, `${time.toFixed(0)} ms`)
    }
    owner!.child.process.kill('SIGCONT')
    const { last } = await getUntil(other!, id, ({ status }) => status !== 504)
    t.equal(last.status, 200)
  })

  t.test('a broker that is killed, and comes back -> 503 at once, never 404; what is local goes on, and the processes live', async t => {
    const { nats, processes } = await start(t)
    const [owner, other] = processes
    const id = await create(owner!)
    const client = await EchoClient.connect(t, `${owner!.origin}/echo`)
    await nats.kill()
    const { last } = await getUntil(other!, id, ({ status }) => status === 503)
    t.ok(last.time < 1000, `503 in ${last.time.toFixed(0)} ms`)
    t.match(last, { code: 'FST_WEBRTC_CLUSTER_UNAVAILABLE' })
    t.equal((await get(owner!, id)).status, 200)
    t.equal((await get(other!, await create(other!))).status, 200)
    t.equal((await ask(`${other!.origin}/readyz`)).status, 200)
    await client.echo(10)
    const back = performance.now()
    await nats.start()
    const { statuses } = await getUntil(other!, id, ({ status }) => status === 200)
    t.notOk(statuses.includes(404), String([...new Set(statuses)]))
    t.comment(`200 again ${(performance.now() - back).toFixed(0)} ms after the broker was started`)
    for (const { child } of processes) t.equal(child.process.exitCode, null)
  })

  for (const way of ['cut', 'silence'] as const) {
    t.test(`a partition between one process and the broker, ${way === 'cut' ? 'which both notice' : 'which swallows what is sent'} -> 503 or 504, never 404, and 200 when it is over`, async t => {
      const nats = await NatsServer.start(t)
      const relay = await TcpRelay.start(t, nats.port)
      const owner = await startProcess(t, init(`nats://127.0.0.1:${relay.port}`))
      const other = await startProcess(t, init(nats.url))
      const [id, others] = [await create(owner), await create(other)]
      relay[way]()
      const end = performance.now() + TIME_TO_NOTICE
      let answers: Answer[]
      do {
        answers = await Promise.all([get(other, id), get(owner, others)])
        for (const { status, time } of answers) {
          if (status !== 503 && status !== 504) t.fail(`expected 503 or 504, found ${status}`)
          if (time > LONGEST) t.fail(`an answer took ${time.toFixed(0)} ms`)
        }
        t.equal((await get(owner, id)).status, 200)
      } while (answers.some(({ status }) => status !== 503) && performance.now() < end)
      t.strictSame(answers.map(({ status }) => status), [503, 503])
      relay.heal()
      const healed = performance.now()
      for (const [process, wanted] of [[other, id], [owner, others]] as const) {
        const { statuses } = await getUntil(process, wanted, ({ status }) => status === 200)
        t.notOk(statuses.includes(404))
      }
      t.comment(`200 again after ${(performance.now() - healed).toFixed(0)} ms`)
    })
  }

  t.test('one answer for a connection, posted to two processes -> one of them is 409', async t => {
    const { processes: [owner, other] } = await start(t)
    const answers: number[] = []
    await EchoClient.connect(t, await everywhere(t, [owner!, other!], answers))
    t.strictSame(answers.sort(), [200, 409])
  })

  t.test('a process that drains -> its connections are served by way of the others until they end, new ones are made elsewhere, and it ends with exit code 0', async t => {
    const { processes } = await start(t)
    const [leaving, ...others] = processes
    const proxy = await Proxy.start(t, processes.map(({ origin }) => origin), { retries: true })
    const clients = await Promise.all(Array.from({ length: 10 }, () => EchoClient.connect(t, `${leaving!.origin}/echo`)))
    leaving!.child.process.kill('SIGTERM')
    await getUntil(leaving!, '../../readyz', ({ status }) => status === 503)
    for (const { id } of clients) t.equal((await get(others[0]!, id)).status, 200)
    for (let count = 0; count < 10; count++) {
      const client = await EchoClient.connect(t, `${proxy.origin}/echo`)
      await client.echo(5)
    }
    for (const client of clients) {
      await client.echo(5)
      t.equal((await remove(others[1]!, client.id)).status, 200)
    }
    t.match(await within(leaving!.child.ended, 'the end of the process', 20_000), { exitCode: 0, signal: null, stderr: '' })
    for (const { id } of clients) t.equal((await get(others[0]!, id)).status, 404)
  })

  t.test('a rolling deploy under load -> each process replaced by another, and not one connect fails', async t => {
    const { nats, processes } = await start(t, 1000)
    const serving = [...processes]
    const proxy = await Proxy.start(t, serving.map(({ origin }) => origin), { retries: true })
    const stopped = new AbortController()
    let connects = 0
    const failures: string[] = []
    const load = Array.from({ length: 4 }, async () => {
      while (!stopped.signal.aborted) {
        const teardowns: (() => unknown)[] = []
        await EchoClient.connect({ teardown: close => { teardowns.push(close) } }, `${proxy.origin}/echo`).then(async client => {
          await client.echo(3)
          await client.farEnd.close()
          connects++
        }, error => failures.push(String(error)))
        for (const close of teardowns) await close()
      }
    })
    for (const leaving of processes) {
      serving.push(await startProcess(t, init(nats.url, 1000)))
      proxy.origins = serving.map(({ origin }) => origin)
      const before = connects
      leaving.child.process.kill('SIGTERM')
      const { exitCode, stderr } = await within(leaving.child.ended, 'the end of a process', 60_000)
      t.strictSame([exitCode, stderr], [0, ''])
      serving.splice(serving.indexOf(leaving), 1)
      proxy.origins = serving.map(({ origin }) => origin)
      await until(() => connects > before, 'a connect since the signal')
    }
    stopped.abort()
    await Promise.all(load)
    t.strictSame(failures, [])
    t.comment(`${connects} connects`)
  })
}

function init (servers: string, timeToReconnected = 60_000): ClusterProcessInit {
  return { nats: { servers }, connections: { timeToConnected: 120_000, timeToReconnected }, drainTime: 30_000 }
}

async function start (t: Test, timeToReconnected?: number): Promise<{ nats: NatsServer, processes: ClusterProcess[] }> {
  const nats = await NatsServer.start(t)
  return { nats, processes: await startProcesses(t, 3, init(nats.url, timeToReconnected)) }
}

async function create ({ origin }: ClusterProcess): Promise<string> {
  const answer = await fetch(`${origin}/echo/connections`, { method: 'POST' })
  return (await answer.json() as WebRtcConnection).id
}

function get ({ origin }: ClusterProcess, id: string): Promise<Answer> {
  return ask(`${origin}/echo/connections/${id}`)
}

function remove ({ origin }: ClusterProcess, id: string): Promise<Answer> {
  return ask(`${origin}/echo/connections/${id}`, 'DELETE')
}

async function ask (url: string, method = 'GET'): Promise<Answer> {
  const started = performance.now()
  const answer = await within(fetch(url, { method }), `an answer to ${method} ${url}`)
  const { code } = await answer.json() as { code?: string }
  return { status: answer.status, ...code && { code }, time: performance.now() - started }
}

/** Asks until the answer is the one that is waited for: every status on the way, and the last answer. */
async function getUntil (process: ClusterProcess, id: string, isLast: (answer: Answer) => boolean): Promise<{ statuses: number[], last: Answer }> {
  const statuses: number[] = []
  const started = performance.now()
  for (;;) {
    const last = await get(process, id)
    statuses.push(last.status)
    if (isLast(last)) return { statuses, last }
    if (performance.now() - started > 15_000) throw new Error(`expected another answer, found ${[...new Set(statuses)]}`)
  }
}

/** Two answers have come: what was asked before is under way. */
async function settled (process: ClusterProcess, id: string): Promise<void> {
  await get(process, id)
  await get(process, id)
}

/** An origin where each POST of an answer goes to all processes at once; the first success counts. */
async function everywhere (t: Test, processes: ClusterProcess[], statuses: number[]): Promise<string> {
  const app = Fastify()
  t.teardown(() => app.close())
  app.post('/connections', async (_request, reply) => {
    const answer = await fetch(`${processes[0]!.origin}/echo/connections`, { method: 'POST' })
    return reply.code(answer.status).send(await answer.json())
  })
  app.post<{ Params: { id: string }, Body: object }>('/connections/:id/remote-description', async ({ params: { id }, body }, reply) => {
    const answers = await Promise.all(processes.map(({ origin }) => fetch(`${origin}/echo/connections/${id}/remote-description`, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })))
    statuses.push(...answers.map(({ status }) => status))
    return reply.send(await answers.find(({ ok }) => ok)!.json())
  })
  return await app.listen({ host: '127.0.0.1', port: 0 })
}

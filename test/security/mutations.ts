/** Sends mutations of real offers and answers to a server, and writes what came of them. Arguments: how many, and the seed. */
import type { WebRtcConnection } from '../../plugin/index.js'
import { descriptions } from '../helpers/descriptions.js'
import { closeServer, TestServer } from '../helpers/server.js'
import { createRandom, mutate } from './mutate.js'
import { countFiles, countThreads } from './processes.js'

const [count = 5000, seed = 1] = process.argv.slice(2).map(Number)
const random = createRandom(seed)
/** No packet leaves this host, whatever becomes of the addresses. */
const server = new TestServer({ remoteCandidates: ['127.0.0.0/8'] })
await server.app.ready()

const sdps = (type: string) => [...descriptions.values()].filter(description => description.type === type).map(({ sdp }) => sdp.replace(/(?<= )(192\.0\.2\.2|fd00::2|203\.0\.113\.7)(?= )/g, '127.0.0.1'))
const offers = sdps('offer')
const answers = sdps('answer')
const all = [...offers, ...answers]

const statuses: Record<string, number> = {}
const unexpected: { statusCode: number, body: string, sdp: string }[] = []
let slowest = 0
const remove = async (id: string) => { await server.request('DELETE', `/connections/${id}`) }

// Whatever the native side starts once, it has now started.
const { id: first } = await server.createConnection()
const warmUp = server.connections.getConnection(first)
await remove(first)
await warmUp?.released
const before = { threads: countThreads(), files: countFiles() }

for (let index = 0; index < count; index++) {
  const isOffer = index % 2 === 0
  const originals = isOffer ? offers : answers
  const sdp = mutate(originals[index % originals.length]!, random, all)
  const id = isOffer ? undefined : (await server.createConnection()).id
  const started = performance.now()
  const { statusCode, body } = isOffer
    ? await server.request('POST', '/connections', { remoteDescription: { type: 'offer', sdp } })
    : await server.setRemoteDescription(id!, sdp)
  slowest = Math.max(slowest, performance.now() - started)

  const key = `${isOffer ? 'offer' : 'answer'} ${statusCode}`
  statuses[key] = (statuses[key] ?? 0) + 1
  if (statusCode >= 500) unexpected.push({ statusCode, body, sdp })
  if (isOffer && statusCode === 201) await remove((JSON.parse(body) as WebRtcConnection).id)
  if (id && server.connections.getConnection(id)) await remove(id)
  // What was logged of thousands of requests is not looked at.
  server.log.length = 0
}

await closeServer(server)
// The native side's own thread, and its files, end shortly after the last peer.
for (let turn = 0; turn < 10_000 && countThreads() > before.threads; turn++) await new Promise(setImmediate)
const after = { threads: countThreads(), files: countFiles() }
console.log(JSON.stringify({ statuses, slowest: Math.round(slowest), before, after, unexpected: unexpected.slice(0, 3) }))

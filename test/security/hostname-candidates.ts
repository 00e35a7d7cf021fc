/**
 * Answers an offer with 500 candidates that have names in place of addresses, and counts this process's threads and DNS look-ups.
 * With the argument `native`, hands the names to a native peer instead: what would happen without the plugin.
 */
import { NativePeer, withoutCandidates } from '../helpers/native-peer.js'
import { closeServer, TestServer } from '../helpers/server.js'
import { countDnsSockets, countThreads } from './processes.js'

const NAMES = 500
/** Turns of the event loop in which is counted. */
const TURNS = 300

const server = new TestServer()
await server.app.ready()
// Whatever the native side starts once, it has now started.
const warmUp = await server.createConnection()
await server.request('DELETE', `/connections/${warmUp.id}`)

const { id, localDescription } = await server.createConnection()
const farEnd = new NativePeer()
const answer = withoutCandidates(farEnd.answer(withoutCandidates(localDescription!.sdp)))
const before = { threads: countThreads(), dnsSockets: countDnsSockets() }
const most = { ...before }

if (process.argv[2] === 'native') {
  for (let index = 0; index < NAMES; index++) farEnd.native.addRemoteCandidate(candidate(index), '0')
  count()
  console.log(JSON.stringify({ before, most }))
  process.exit()
}

const sdp = answer + Array.from({ length: NAMES }, (_, index) => `a=${candidate(index)}\r\n`).join('')
const bytes = Buffer.byteLength(JSON.stringify({ type: 'answer', sdp }))
const { statusCode, json } = await server.setRemoteDescription(id, sdp)
for (let turn = 0; turn < TURNS; turn++) {
  count()
  await new Promise(setImmediate)
}
await closeServer(server)
await farEnd.close()
console.log(JSON.stringify({ before, most, bytes, statusCode, applied: json.sdp.match(/a=candidate/g)?.length ?? 0 }))

function candidate (index: number): string {
  return `candidate:1 1 udp 1 h${index}.${index % 2 ? 'test' : 'local'} ${2000 + index} typ host`
}

function count (): void {
  most.threads = Math.max(most.threads, countThreads())
  most.dnsSockets = Math.max(most.dnsSockets, countDnsSockets())
}

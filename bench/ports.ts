/** What one UDP port for all peers costs and saves, beside a port for each: processor time of a server whose peers are idle, and how long a handshake takes. `npx tsx bench/ports.ts`, on a machine with nothing else to do; three minutes. */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { ConnectionManager, type PeerConfiguration } from '../plugin/index.js'
import { NativePeer, withoutCandidates } from '../test/helpers/native-peer.js'
import { freePort } from '../test/helpers/udp-port.js'

/** How many peers there are when it is measured. */
const COUNTS = [200, 500]
const AT_A_TIME = 8
/** Time that each idle measurement takes, and is waited before, in milliseconds. */
const TIME = 8000
const PAUSE = 2000
const HANDSHAKES = 100
const ROUNDS = 2

/** Between the server and the process of its far ends. */
type Message = { number: number, offer: string } | { number: number, candidates: string } | { number: number, answer: string } | { number: number, isConnected: boolean }

let number = 0

if (process.argv[2] === 'far-ends') answerOffers()
else if (process.argv[2] === 'server') await measure(JSON.parse(process.argv[3]!))
else await compare()

async function compare (): Promise<void> {
  const configurations: Record<string, PeerConfiguration> = { 'a port for each peer': {}, 'one port for all': { udpPort: await freePort() } }
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, configuration] of Object.entries(configurations)) {
      console.log(name)
      const [exitCode] = await once(fork(process.argv[1]!, ['server', JSON.stringify(configuration)], { execArgv: process.execArgv }), 'close')
      if (exitCode !== 0) throw new Error(`expected figures, found exit code ${exitCode}`)
    }
  }
}

async function measure (configuration: PeerConfiguration): Promise<void> {
  const connections = new ConnectionManager({ bindAddress: '127.0.0.1', remoteCandidates: 'any', maxEventLoopDelay: Infinity, ...configuration })
  const farEnds = fork(process.argv[1]!, ['far-ends'], { execArgv: process.execArgv })
  const times: number[] = []
  for (let handshake = 0; handshake < HANDSHAKES; handshake++) times.push(await connect(connections, farEnds))
  times.sort((a, b) => a - b)
  console.log(`  a handshake: median ${times[HANDSHAKES / 2]!.toFixed(1)} ms, p90 ${times[HANDSHAKES * 0.9]!.toFixed(1)} ms, longest ${times.at(-1)!.toFixed(0)} ms`)
  for (const count of COUNTS) {
    await Promise.all(Array.from({ length: AT_A_TIME }, async () => { while (connections.size + AT_A_TIME <= count) await connect(connections, farEnds) }))
    while (connections.size < count) await connect(connections, farEnds)
    await new Promise(resolve => setTimeout(resolve, PAUSE))
    const before = process.cpuUsage()
    await new Promise(resolve => setTimeout(resolve, TIME))
    const { user, system } = process.cpuUsage(before)
    console.log(`  ${count} idle peers: ${((user + system) / TIME / 10).toFixed(1)} % of a core, RSS ${Math.round(process.memoryUsage().rss / 1e6)} MB`)
  }
  farEnds.kill()
  process.exit()
}

/** Its time, in milliseconds, from the answer to a connected far end. */
async function connect (connections: ConnectionManager, farEnds: ChildProcess): Promise<number> {
  const id = number++
  const reply = <Key extends string>(key: Key) => new Promise<Record<Key, string>>(resolve => {
    const listener = (message: Message) => {
      if (message.number !== id || !(key in message)) return
      farEnds.off('message', listener)
      resolve(message as never)
    }
    farEnds.on('message', listener)
  })
  const connection = await connections.createConnection()
  const { sdp } = connection.localDescription!
  const answered = reply('answer')
  farEnds.send({ number: id, offer: withoutCandidates(sdp) })
  const { answer } = await answered
  const started = performance.now()
  await connection.setRemoteDescription({ type: 'answer', sdp: answer })
  const connected = reply('isConnected')
  farEnds.send({ number: id, candidates: sdp })
  await connected
  return performance.now() - started
}

function answerOffers (): void {
  const farEnds = new Map<number, NativePeer>()
  process.on('message', async (message: Message) => {
    const { number } = message
    const farEnd = farEnds.get(number) ?? new NativePeer()
    farEnds.set(number, farEnd)
    if ('offer' in message) process.send!({ number, answer: farEnd.answer(message.offer) })
    if ('candidates' in message) {
      farEnd.addCandidates(message.candidates)
      await farEnd.connected()
      process.send!({ number, isConnected: true })
    }
  })
}

import wrtc from '@roamhq/wrtc'
import t, { type Test } from 'tap'
import { ConnectionClient, type ConnectionClientOptions, type CreateConnectionOptions } from '../../generated-client/index.js'
import { turnCredentials, type SignalingHooks } from '../../plugin/index.js'
import { signal, within } from '../helpers/deadline.js'
import { FORGERIES, type Credentials } from '../helpers/forged-credentials.js'
import { createServer, type TestServer } from '../helpers/server.js'
import { slowPath } from '../helpers/slow-path.js'
import { findTurnServer, startTurnServer } from '../helpers/turn-server.js'

const TIME_TO_LIVE = 60_000
/** Each way, in milliseconds: an allocation takes two round trips, which is longer than the client waits for its first candidate. */
const DELAY = 60

const echo: SignalingHooks['beforeOffer'] = peerConnection => {
  const channel = peerConnection.createDataChannel('echo', { negotiated: true, id: 0 })
  channel.onmessage = ({ data }) => channel.send(data)
}
const ECHO = { beforeOffer: echo, beforeAnswer: echo }

type Echo = (channel: RTCDataChannel) => void

const DIRECTIONS: Record<string, (echo: Echo) => CreateConnectionOptions> = {
  'the server offers': echo => ({ beforeAnswer: peerConnection => echo(peerConnection.createDataChannel('echo', { negotiated: true, id: 0 })) }),
  'the client offers': echo => ({ beforeOffer: peerConnection => echo(peerConnection.createDataChannel('echo', { negotiated: true, id: 0 })) })
}

if (!findTurnServer()) {
  t.pass('No coturn here: nothing that relays has been tested')
} else {
  for (const [direction, options] of Object.entries(DIRECTIONS)) {
    t.test(`ConnectionClient in Node that may only relay, ${direction} -> connects through coturn with the server's credentials`, async t => {
      const { url, secret } = await startTurnServer(t)
      const server = await createServer(t, { ...ECHO, clientIceServers: turnCredentials({ urls: url, secret, timeToLive: TIME_TO_LIVE }) })
      const peerConnection = await connect(t, server, options, { configuration: { iceTransportPolicy: 'relay' }, iceServers: 'server' })
      t.strictSame(await usedCandidateTypes(peerConnection), ['relay'])
    })

    t.test(`a server whose own peers may only relay, ${direction} -> connects through coturn, and says nothing of how it logs in`, async t => {
      const { url, secret } = await startTurnServer(t)
      const iceServers = turnCredentials({ urls: url, secret, timeToLive: TIME_TO_LIVE })({}, { principal: 'server' })
      const server = await createServer(t, { ...ECHO, iceServers, iceTransportPolicy: 'relay' })
      await connect(t, server, options)
      const [connection] = server.connections.getConnections()
      t.match(connection!.localDescription!.sdp.match(/^a=candidate:.*$/gm), [/ 127\.0\.0\.1 \d+ typ relay /])
      const { username, credential } = iceServers[0]!
      for (const text of [JSON.stringify(connection), JSON.stringify(server.log)]) t.notOk([username!, credential!, secret].some(word => text.includes(word)))
    })
  }

  for (const [direction, options] of Object.entries(DIRECTIONS)) {
    for (const delay of [0, DELAY]) {
      t.test(`a server and a client that may both only relay, ${direction}, the relay ${2 * delay} ms away from the client -> connect`, async t => {
        const { url, secret } = await startTurnServer(t)
        const [port] = /\d+$/.exec(url)!
        const clientUrl = `turn:127.0.0.1:${await slowPath(t, Number(port), delay)}`
        const [iceServers, clientIceServers] = [url, clientUrl].map(urls => turnCredentials({ urls, secret, timeToLive: TIME_TO_LIVE }))
        const server = await createServer(t, { ...ECHO, iceServers: iceServers!({}, {}), iceTransportPolicy: 'relay', clientIceServers })
        const peerConnection = await connect(t, server, options, { configuration: { iceTransportPolicy: 'relay' }, iceServers: 'server' })
        t.strictSame(await usedCandidateTypes(peerConnection), ['relay'])
      })
    }
  }

  t.test('credentials of turnCredentials -> coturn relays; expired and forged ones -> it does not', async t => {
    const { url, secret } = await startTurnServer(t)
    const make = turnCredentials({ urls: url, secret, timeToLive: TIME_TO_LIVE })
    const [right, withoutUser] = [{ principal: 'user' }, {}].map(context => make({}, context)[0] as Credentials)
    for (const credentials of [right!, withoutUser!]) t.match(await relayCandidates(t, url, credentials), [/ 127\.0\.0\.1 \d+ typ relay /])
    const found = Object.entries(FORGERIES).map(async ([name, forge]) => [name, await relayCandidates(t, url, forge(right!, secret))] as const)
    for (const [name, candidates] of await Promise.all(found)) t.strictSame(candidates, [], name)
  })
}

/** The candidates that a peer in Node gets which may only relay. */
async function relayCandidates (t: Test, url: string, { username, credential }: Credentials): Promise<string[]> {
  const peerConnection: RTCPeerConnection = new wrtc.RTCPeerConnection({ iceServers: [{ urls: url, username, credential }], iceTransportPolicy: 'relay' })
  t.teardown(() => peerConnection.close())
  const candidates: string[] = []
  const gathered = signal()
  peerConnection.onicecandidate = ({ candidate }) => { if (candidate?.candidate) candidates.push(candidate.candidate) }
  peerConnection.onicegatheringstatechange = () => { if (peerConnection.iceGatheringState === 'complete') gathered.resolve() }
  peerConnection.createDataChannel('')
  await peerConnection.setLocalDescription(await peerConnection.createOffer())
  await within(gathered.promise, 'the candidates', 20_000)
  return candidates
}

/** A connection from Node over which an echo has come. */
async function connect (t: Test, { app }: TestServer, options: (echo: Echo) => CreateConnectionOptions, clientOptions: Partial<ConnectionClientOptions> = {}): Promise<RTCPeerConnection> {
  const baseUrl = await app.listen({ host: '127.0.0.1', port: 0 })
  const client = new ConnectionClient({ baseUrl, RTCPeerConnection: wrtc.RTCPeerConnection, ...clientOptions })
  const echoed = signal<unknown>()
  const peerConnection = await client.createConnection(options(channel => {
    channel.onopen = () => channel.send('hello')
    channel.onmessage = ({ data }) => echoed.resolve(data)
  }))
  t.teardown(() => peerConnection.close())
  t.equal(await within(echoed.promise, 'an echo'), 'hello')
  return peerConnection
}

/** The types of this end's candidates in the pairs that work. */
async function usedCandidateTypes (peerConnection: RTCPeerConnection): Promise<unknown[]> {
  const stats = [...(await peerConnection.getStats() as Iterable<[string, Record<string, unknown>]>)].map(([, stat]) => stat)
  const types = stats
    .filter(({ type, state }) => type === 'candidate-pair' && state === 'succeeded')
    .map(({ localCandidateId }) => stats.find(({ id }) => id === localCandidateId)?.candidateType)
  return [...new Set(types)]
}

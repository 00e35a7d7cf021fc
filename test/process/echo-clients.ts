/** Far ends in a process of their own. Argument: EchoClientsInit, JSON. Writes an EchoClientsResult when each has had its echo or has failed; ends with its input. */
import { createInterface } from 'node:readline'
import type { WebRtcConnection } from '../../plugin/index.js'
import { NativePeer, withoutCandidates } from '../helpers/native-peer.js'

export interface EchoClientsInit {
  /** The server's. */
  url: string
  count: number
  bindAddress: string
  /** How long one may take to connect, in milliseconds. */
  deadline: number
}

export interface EchoClientsResult {
  echoes: number
  /** What failed, each sort once. */
  failures: string[]
  /** Where the server's peers are, as it says: each place once. */
  places: string[]
}

/** Each takes a second where a ClientHello is lost, as OpenSSL sends it again no sooner: most of them wait at the same time. */
const AT_A_TIME = 40

const { url, count, bindAddress, deadline } = JSON.parse(process.argv[2]!) as EchoClientsInit
const result: EchoClientsResult = { echoes: 0, failures: [], places: [] }
const farEnds: NativePeer[] = []

createInterface({ input: process.stdin }).on('close', () => process.exit())
await Promise.all(Array.from({ length: AT_A_TIME }, async () => {
  while (farEnds.length < count) await echo().then(() => result.echoes++, error => result.failures.push(String(error)))
}))
for (const name of ['failures', 'places'] as const) result[name] = [...new Set(result[name])]
console.log(JSON.stringify(result))

/** The server offers, and the far end holds. */
async function echo (): Promise<void> {
  const farEnd = new NativePeer({ bindAddress })
  farEnds.push(farEnd)
  const { id, localDescription } = await post<WebRtcConnection>('/connections', {})
  const { sdp } = localDescription!
  for (const [, address, port] of sdp.matchAll(/^a=candidate:\S+ 1 UDP \d+ (\S+) (\d+) typ host/gm)) result.places.push(`${address} ${port}`)
  const answer = farEnd.answer(withoutCandidates(sdp))
  const channel = farEnd.createDataChannel('echo', { negotiated: true, id: 0 })
  await post(`/connections/${id}/remote-description`, { type: 'answer', sdp: answer })
  farEnd.addCandidates(sdp)
  await farEnd.connected(deadline)
  await channel.opened()
  channel.send('hello')
  await channel.messages(1)
}

async function post<Body> (path: string, body: object): Promise<Body> {
  const answer = await fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })
  if (!answer.ok) throw new Error(`expected 2xx, found ${answer.status} ${await answer.text()}`)
  return await answer.json() as Body
}

import t from 'tap'
import { resolveManagerOptions } from '../../plugin/options.js'
import { openapi } from '../helpers/conformance.js'
import { connect, connectByOffer } from '../helpers/handshake.js'
import { createServer } from '../helpers/server.js'

const COUNT = 100_000
const LENGTH = 22
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Chi-square of 63 degrees of freedom, beyond which one sample in 10^9 lies. */
const BOUND = 150

t.test(`generateId ${COUNT} times -> ${COUNT} ids of 22 characters, each character as often as any other, at every place`, async t => {
  const { generateId } = resolveManagerOptions()
  const ids = Array.from({ length: COUNT }, () => generateId())
  t.equal(new Set(ids).size, COUNT)
  t.ok(ids.every(id => /^[\w-]{22}$/.test(id)))
  for (let place = 0; place < LENGTH; place++) {
    // 22 characters have 132 bits, an id 128: the last one has two of them.
    const characters = place === LENGTH - 1 ? [...ALPHABET].filter((_character, index) => index % 16 === 0) : [...ALPHABET]
    const counts = new Map(characters.map(character => [character, 0]))
    for (const id of ids) counts.set(id[place]!, (counts.get(id[place]!) ?? NaN) + 1)
    const expected = COUNT / characters.length
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
    t.ok(chiSquare < BOUND, `place ${place}: ${chiSquare.toFixed(1)}`)
  }
})

t.test('GET /connections of connected peers -> ids and states alone', async t => {
  const server = await createServer(t, { listConnections: true })
  await connect(t, server)
  await connectByOffer(t, server)
  const { json, body } = await server.request<Record<string, string>[]>('GET', '/connections')
  t.equal(json.length, 2)
  for (const connection of json) {
    t.strictSame(Object.keys(connection).sort(), ['connectionState', 'iceConnectionState', 'iceGatheringState', 'id', 'lastEventId', 'signalingState', 'state'])
    for (const [name, value] of Object.entries(connection)) if (name !== 'id') t.match(value, name === 'lastEventId' ? /^\d+$/ : /^[a-z-]+$/)
  }
  t.notMatch(body.replace(/"id":"[^"]*"/g, ''), /sdp|candidate:|ufrag|pwd|fingerprint|\d+\.\d+\.\d+\.\d+|::/i)
})

t.test('the document -> fields for addresses and secrets are those that a client needs, and no others', async t => {
  const schemas: Record<string, { properties?: object }> = openapi.components.schemas
  const names = Object.entries(schemas).flatMap(([schema, { properties = {} }]) => Object.keys(properties).map(name => `${schema}.${name}`))
  t.strictSame(names.filter(name => /ufrag|pwd|fragment|address|\.ip$|port$|credential|user|secret|token/i.test(name)).sort(), [
    'WebRtcCandidateStats.address',
    'WebRtcCandidateStats.port',
    'WebRtcConnection.reconnectToken',
    'WebRtcIceCandidate.usernameFragment',
    'WebRtcIceServer.credential',
    'WebRtcIceServer.username',
    'WebRtcReconnectRequest.reconnectToken'
  ])
})

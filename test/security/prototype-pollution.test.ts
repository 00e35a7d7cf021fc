import t from 'tap'
import { description } from '../helpers/descriptions.js'
import { createServer } from '../helpers/server.js'

const PROTOTYPES = [Object, Array, String, Number, Function, Map, Promise, Error].map(({ prototype }) => prototype as object)
const properties = () => PROTOTYPES.map(prototype => Reflect.ownKeys(prototype))
const headers = { 'content-type': 'application/json' }

/** A value in the place of which each hostile one is put. */
const HERE = '"here"'
const offer = JSON.stringify(description('chromium-offer').sdp)
const answer = JSON.stringify(description('chromium-answer').sdp)

const BODIES: Record<string, string[]> = {
  '/connections': [HERE, `{"remoteDescription":${HERE}}`, `{"remoteDescription":{"type":${HERE},"sdp":${offer}}}`, `{"remoteDescription":{"type":"offer","sdp":${HERE}}}`, `{"remoteDescription":{"type":"offer","sdp":${offer},"more":${HERE}}}`, `{"remoteDescription":{"type":"offer","sdp":${offer}},"more":${HERE}}`, `[${HERE}]`],
  '/connections/:id/remote-description': [HERE, `{"type":${HERE},"sdp":${answer}}`, `{"type":"answer","sdp":${HERE}}`, `{"type":"answer","sdp":${answer},"more":${HERE}}`, `[${HERE}]`]
}
const VALUES = [
  '{"__proto__":{"polluted":true}}', '{"__proto__":null}', '{"__proto__":{"type":"answer","sdp":"v=0"}}', '{"\\u005f\\u005fproto__":{"polluted":true}}', '{"__pro\\u0074o__":{}}',
  '{"constructor":{"prototype":{"polluted":true}}}', '{"constructor":{"\\u0070rototype":{"polluted":true}}}', '{"constructor":1}', '{"prototype":{}}', '{"a":[{"__proto__":{"polluted":true}}]}'
]

for (const [path, bodies] of Object.entries(BODIES)) {
  t.test(`POST ${path} with __proto__ and constructor in every place -> 400, and no prototype has changed`, async t => {
    const server = await createServer(t)
    const before = properties()
    const { id } = await server.createConnection()
    for (const body of bodies) {
      for (const value of VALUES) {
        // Each hostile value in its place, and its key beside the right ones.
        for (const hostile of new Set([body.replace(HERE, value), body.replace(`"more":${HERE}`, value.slice(1, -1))])) {
          if (hostile.includes(HERE)) continue
          const { statusCode } = await server.request('POST', path.replace(':id', id), undefined, { body: hostile, headers })
          t.equal(statusCode, 400, hostile.slice(0, 80))
        }
      }
    }
    t.strictSame(properties(), before)
    t.equal(server.connections.size, 1)
    t.match((await server.request('GET', `/connections/${id}`)).json, { signalingState: 'have-local-offer' })
  })
}

t.test('ids that every object has -> 404', async t => {
  const server = await createServer(t)
  for (const id of ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '%5f%5fproto%5f%5f']) {
    for (const suffix of ['', '/local-description', '/remote-description', '/stats']) t.equal((await server.request('GET', `/connections/${id}${suffix}`)).statusCode, 404, id)
    t.equal((await server.request('DELETE', `/connections/${id}`)).statusCode, 404, id)
  }
})

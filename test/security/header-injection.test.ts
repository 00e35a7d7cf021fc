import fc from 'fast-check'
import t from 'tap'
import type { WebRtcConnection } from '../../plugin/index.js'
import { assertHarmless } from './fuzz/oracle.js'
import { description } from '../helpers/descriptions.js'
import { createServer } from '../helpers/server.js'

const offer = description('chromium-offer')
const INJECTION = '\r\nset-cookie: a=b'

/** Text with what ends a header in it, more often than chance would have it. */
const hostile = fc.array(fc.oneof(fc.constantFrom('\r', '\n', '\r\n', '\0', ':', '/', '?', '#', '%', '%0d%0a', INJECTION, '\u010d\u010a', '\u2028'), fc.string({ unit: 'binary' })), { minLength: 1, maxLength: 8 }).map(parts => Array.from(parts.join('')).slice(0, 30).join('')).filter(text => text !== '')

t.test('generateId -> whatever it makes, with CR and LF in it -> no header but Location has anything of it, percent-encoded, and the path leads to the connection', async t => {
  let id = ''
  const server = await createServer(t, { generateId: () => id })
  await fc.assert(fc.asyncProperty(hostile, async hostileId => {
    id = hostileId
    const { statusCode, headers, json } = await server.request<WebRtcConnection>('POST', '/connections')
    t.equal(statusCode, 201)
    t.equal(json.id, id)
    t.equal(headers.location, `/connections/${encodeURIComponent(id)}`)
    t.notMatch(String(headers.location), /[^!-~]/)
    t.notOk('set-cookie' in headers)
    server.connections.getConnection(id)!.close()
  }), { numRuns: 100 })
})

t.test('a prefix with CR and LF in it -> Location has them as they were asked for, percent-encoded', async t => {
  const server = await createServer(t, { prefix: '/a\r\nset-cookie: b' })
  const { statusCode, headers } = await server.app.inject({ method: 'POST', url: '/a%0d%0aset-cookie:%20b/connections' })
  t.equal(statusCode, 201)
  t.match(headers.location, /^\/a%0d%0aset-cookie:%20b\/connections\/[\w-]{22}$/)
  t.notOk('set-cookie' in headers)
})

t.test('a parameter of the prefix, any text -> Location has it as it was asked for', async t => {
  const server = await createServer(t, { prefix: '/rooms/:room' })
  await fc.assert(fc.asyncProperty(hostile, async room => {
    const path = `/rooms/${encodeURIComponent(room)}/connections`
    const { statusCode, headers, body } = await server.app.inject({ method: 'POST', url: path })
    t.match(statusCode, /^(201|414)$/)
    if (statusCode !== 201) return
    const { id } = JSON.parse(body) as WebRtcConnection
    t.equal(headers.location, `${path}/${id}`)
    t.notOk('set-cookie' in headers)
    server.connections.getConnection(id)!.close()
  }), { numRuns: 100 })
})

t.test('an SDP, any text in any of its values -> no header has anything of it', async t => {
  const server = await createServer(t)
  const lines = offer.sdp.trimEnd().split('\r\n')
  await fc.assert(fc.asyncProperty(hostile, fc.nat(lines.length - 1), fc.boolean(), async (text, index, isInserted) => {
    const sdp = `${lines.toSpliced(index, isInserted ? 0 : 1, `${lines[index]!.slice(0, 4)}${text}`).join('\r\n')}\r\n`
    const { statusCode, headers, json } = await server.request<WebRtcConnection>('POST', '/connections', { remoteDescription: { type: 'offer', sdp } })
    assertHarmless({ statusCode, headers, body: '' })
    if (statusCode === 201) server.connections.getConnection(json.id)!.close()
  }), { numRuns: 200 })
})

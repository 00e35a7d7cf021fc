import t from 'tap'
import type { WebRtcConnection } from '../../plugin/index.js'
import { description, withAttribute } from '../helpers/descriptions.js'
import { connect } from '../helpers/handshake.js'
import { createServer } from '../helpers/server.js'
import { silentServer } from '../helpers/silent-server.js'

const CANARY = 'canary0123456789canary0123456789'

t.test('everything that can be asked -> no description and no whole id in the log, at any level', async t => {
  const server = await createServer(t, { listConnections: true, beforeAnswer: () => { throw new Error('of the application') }, fastify: { disableRequestLogging: true } })
  const { connection, answer } = await connect(t, server)
  const canaries = ['ice-ufrag', 'ice-pwd', 'fingerprint', 'candidate'].flatMap(name => [connection.localDescription!.sdp, answer].map(sdp => new RegExp(`^a=${name}:(.*)`, 'm').exec(sdp)?.[1]?.trim() ?? 'none'))
  t.ok(canaries.every(canary => canary !== 'none'))
  const id = connection.id
  const offer = description('chromium-offer')
  const bad = withAttribute(withAttribute(offer.sdp, 'ice-pwd', CANARY), 'fingerprint', CANARY)
  await server.setRemoteDescription(id, answer)
  await server.setRemoteDescription((await server.createConnection()).id, withAttribute(answer, 'ice-pwd', `${CANARY}!`))
  await server.request('POST', '/connections', { remoteDescription: { type: 'offer', sdp: bad } })
  await server.request('POST', '/connections', { remoteDescription: { type: 'offer', sdp: withAttribute(offer.sdp, 'ice-pwd', CANARY) } })
  await server.request('POST', '/connections', { remoteDescription: { type: CANARY, sdp: CANARY } })
  await server.request('POST', '/connections', undefined, { body: `{"${CANARY}`, headers: { 'content-type': 'application/json' } })
  await server.request('GET', '/connections')
  await server.request('DELETE', `/connections/${id}`)
  const log = JSON.stringify(server.log)
  t.ok(server.log.length > 5)
  for (const canary of [...canaries, CANARY, id]) t.notMatch(log, canary)
})

t.test('TURN credentials -> in no answer, no document and no log', async t => {
  const port = await silentServer(t)
  const server = await createServer(t, { timeToHostCandidates: 50, iceServers: [{ urls: `turn:127.0.0.1:${port}`, username: CANARY, credential: CANARY }] })
  const answers = [
    await server.request<WebRtcConnection>('POST', '/connections'),
    await server.request<WebRtcConnection>('POST', '/connections', { remoteDescription: description('chromium-offer') }),
    await server.app.inject('/openapi.json')
  ]
  t.strictSame(answers.map(({ statusCode }) => statusCode), [201, 201, 200])
  for (const { body } of answers) t.notMatch(body, CANARY)
  t.notMatch(JSON.stringify(server.log), CANARY)
})

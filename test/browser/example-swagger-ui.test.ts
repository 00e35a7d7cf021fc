import type { Page } from 'playwright-core'
import t from 'tap'
import type { WebRtcConnection, WebRtcError, WebRtcLocalIceCandidates, WebRtcSessionDescription } from '../../plugin/index.js'
import { launchChromium } from '../helpers/chromium.js'
import { within } from '../helpers/deadline.js'
import { openPage, serveDemo } from '../helpers/demo.js'

t.setTimeout(120_000)

const browser = await launchChromium(t)

t.test('Swagger UI: every operation, tried out as it is filled in, is answered', async t => {
  const origin = await serveDemo(t)
  const { page, errors } = await openPage(t, browser, `${origin}/documentation/`)

  const created = await tryOut<WebRtcConnection>(page, 'CreateConnection')
  t.match(created, { status: 201, body: { state: 'open', signalingState: 'have-local-offer', localDescription: { type: 'offer' } } })
  const { id } = created.body

  t.match(await tryOut(page, 'ListConnections'), { status: 200, body: [{ id, state: 'open' }] })
  const { reconnectToken, ...shown } = created.body
  t.match(await tryOut(page, 'GetConnection', { id }), { status: 200, body: shown })
  t.match(await tryOut(page, 'GetConnectionStats', { id }), { status: 200, body: { handshake: { created: Number } } })
  t.match(await tryOut(page, 'ListLocalCandidates', { id }), { status: 200, body: { candidates: [{ candidate: /typ host/ }] } })
  t.match(await tryOut(page, 'AddRemoteCandidates', { id }), { status: 200, body: { candidates: [] } })
  t.match(await tryOut(page, 'StreamEvents', { id }), { status: 200, body: /^event: description$/m })
  t.match(await tryOut(page, 'ListIceServers'), { status: 200, body: { iceServers: [] } })
  t.match(await tryOut(page, 'GetLocalDescription', { id }), { status: 200, body: created.body.localDescription! })
  t.match(await tryOut<WebRtcError>(page, 'GetRemoteDescription', { id }), { status: 404, body: { code: 'FST_WEBRTC_NO_REMOTE_DESCRIPTION' } })
  const answer = await tryOut<WebRtcSessionDescription>(page, 'SetRemoteDescription', { id })
  t.match(answer, { status: 200, body: { type: 'answer' } })
  t.match(await tryOut(page, 'GetRemoteDescription', { id }), { status: 200, body: answer.body })
  const reconnected = await tryOut<WebRtcConnection>(page, 'ReconnectConnection', { id, body: { reconnectToken } })
  t.match(reconnected, { status: 200, body: { id, signalingState: 'have-local-offer', localDescription: { type: 'offer' } } })
  t.match(await tryOut(page, 'DeleteConnection', { id }), { status: 200, body: { id, state: 'closed' } })
  t.same(await tryOut(page, 'ListConnections'), { status: 200, body: [] })
  t.match(await tryOut(page, 'GetConnection', { id }), { status: 404, body: { code: 'FST_WEBRTC_CONNECTION_NOT_FOUND' } })

  t.same(errors, ['Failed to load resource: the server responded with a status of 404 (Not Found)'], 'the missing description, and nothing else in the console')
})

t.test('Swagger UI: what was said by hand is sent: a browser\'s answer connects, an offer of its own is answered', async t => {
  const origin = await serveDemo(t)
  const { page } = await openPage(t, browser, `${origin}/documentation/`)

  const { body: { id, localDescription } } = await tryOut<WebRtcConnection>(page, 'CreateConnection', { body: { trickle: true } })
  const answer = await page.evaluate(async offer => {
    const peerConnection = new RTCPeerConnection()
    Object.assign(globalThis, { peerConnection })
    await peerConnection.setRemoteDescription(offer)
    await peerConnection.setLocalDescription()
    return peerConnection.localDescription!.toJSON()
  }, localDescription!)
  t.match(await tryOut(page, 'SetRemoteDescription', { id, body: answer }), { status: 200, body: { type: 'answer' } })
  const { body: { candidates } } = await tryOut<WebRtcLocalIceCandidates>(page, 'ListLocalCandidates', { id })
  await within(page.evaluate(async candidates => {
    const { peerConnection } = globalThis as unknown as { peerConnection: RTCPeerConnection }
    for (const candidate of candidates) await peerConnection.addIceCandidate(candidate)
    await new Promise<void>((resolve, reject) => {
      const check = () => {
        const { connectionState } = peerConnection
        if (connectionState === 'connected') resolve()
        if (connectionState === 'failed') reject(new Error(`expected connected, found ${connectionState}`))
      }
      peerConnection.onconnectionstatechange = check
      check()
    })
  }, candidates), 'the page to be connected')
  t.match(await tryOut(page, 'GetConnection', { id }), { status: 200, body: { connectionState: 'connected' } })

  const remoteDescription = await page.evaluate(async () => {
    const peerConnection = new RTCPeerConnection()
    peerConnection.createDataChannel('')
    await peerConnection.setLocalDescription()
    return peerConnection.localDescription!.toJSON()
  })
  t.match(await tryOut(page, 'CreateConnection', { body: { remoteDescription } }), { status: 201, body: { signalingState: 'stable', localDescription: { type: 'answer' } } })
  t.match(await tryOut(page, 'SetRemoteDescription', { id, body: { type: 'answer', sdp: 'v=0' } }), { status: 409, body: { code: 'FST_WEBRTC_INVALID_STATE' } })
})

interface Answer<Body> {
  status: number
  body: Body
}

/** Does what a visitor does with an operation: opens it, fills in what is given, presses Execute, reads the answer, closes it. */
async function tryOut<Body> (page: Page, operation: string, { id, body }: { id?: string, body?: unknown } = {}): Promise<Answer<Body>> {
  const block = page.locator(`#operations-ping-pong-pingPong${operation}`)
  if (!await block.isVisible()) await page.locator('#operations-tag-ping-pong').click()
  const summary = block.locator('.opblock-summary-control')
  await summary.click()
  const tryItOut = block.getByRole('button', { name: 'Try it out' })
  await tryItOut.or(block.getByRole('button', { name: 'Cancel' })).waitFor()
  if (await tryItOut.isVisible()) await tryItOut.click()
  if (id !== undefined) await block.getByPlaceholder('id', { exact: true }).fill(id)
  if (body !== undefined) await block.locator('textarea').fill(JSON.stringify(body))
  const answered = page.waitForResponse(response => response.url().includes('/ping-pong/'))
  await block.getByRole('button', { name: 'Execute' }).click()
  const response = await answered
  const shown = await block.locator('.live-responses-table .response .response-col_status', { hasText: String(response.status()) }).innerText()
  // Every open one is drawn again with each change.
  await summary.click()
  return { status: Number.parseInt(shown), body: (response.headers()['content-type']!.startsWith('application/json') ? await response.json() : await response.text()) as Body }
}

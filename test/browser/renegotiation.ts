/** What any browser has to do on media-page.ts. */
import type { Test } from 'tap'
import { signal, within } from '../helpers/deadline.js'
import type { ScriptedPage } from '../helpers/page.js'
import type { MediaServer } from './media-server.js'
import type {} from './media-page.js'

type Flow = Parameters<Window['media']['connect']>[2]

export async function sendBack (t: Test, page: ScriptedPage, flow: Flow): Promise<void> {
  await page.evaluate(flow => window.media.connect('loop', '/loopback', flow, 'rgb(200, 30, 60)'), flow)
  await assertShown(t, page, 'loop', [200, 30, 60])
  await page.evaluate(name => window.media.close(name), 'loop')
}

export async function addAndRemoveCamera (t: Test, page: ScriptedPage, { studio }: MediaServer): Promise<void> {
  await page.evaluate(name => window.media.connect(name, '/studio', 'client offers'), 'studio')
  const connection = studio.getConnections().at(-1)!
  for (const sent of [[30, 30, 200], [20, 160, 20], [200, 30, 60]]) {
    await page.evaluate(colour => window.media.addCamera('studio', `rgb(${colour})`), sent)
    await page.evaluate(name => window.media.hasTracks(name, 2), 'studio')
    await assertShown(t, page, 'studio', sent)
    await page.evaluate(name => window.media.removeCamera(name), 'studio')
    t.strictSame(connection.peerConnection.getTransceivers(), [])
  }
  t.equal(connection.localDescription!.sdp.match(/^m=/gm)!.length, 3, 'sections are used again')
  await page.evaluate(name => window.media.close(name), 'studio')
}

export async function viewBroadcast (t: Test, page: ScriptedPage, { studio, loopback }: MediaServer): Promise<void> {
  await page.evaluate(name => window.media.connect(name, '/studio', 'client offers', undefined, true), 'viewer')
  const viewer = studio.getConnections().at(-1)!
  await page.evaluate(name => window.media.connect(name, '/loopback', 'client offers', 'rgb(30, 30, 200)'), 'broadcaster')
  const broadcaster = loopback.getConnections().at(-1)!
  for (const { receiver } of broadcaster.peerConnection.getTransceivers()) viewer.peerConnection.addTransceiver(receiver.track, { direction: 'sendonly' })
  await page.evaluate(name => window.media.hasTracks(name, 2), 'viewer')
  await assertShown(t, page, 'viewer', [30, 30, 200])
  await page.evaluate(names => names.forEach(name => window.media.close(name)), ['viewer', 'broadcaster'])
}

/** The server makes an offer of its own for each change of the client's, while the client's is on its way. */
export async function collide (t: Test, page: ScriptedPage, server: MediaServer, count: number): Promise<void> {
  await page.evaluate(name => window.media.connect(name, '/studio', 'client offers', undefined, true), 'studio')
  const connection = server.studio.getConnections().at(-1)!
  const { peerConnection } = connection
  const transceiver = peerConnection.addTransceiver('audio', { direction: 'sendonly' })
  await page.evaluate(name => window.media.hasTracks(name, 1), 'studio')
  t.teardown(() => { server.onDescription = () => {} })
  let collisions = 0
  let collided: string | undefined
  server.onDescription = async ({ type, sdp }) => {
    const [direction] = /^a=(sendonly|inactive)/m.exec(sdp.split('m=').at(-1)!) ?? []
    // When the client offers the same again it gets through.
    if (type !== 'offer' || direction === collided) return
    collided = direction
    collisions++
    transceiver.direction = transceiver.direction === 'sendonly' ? 'inactive' : 'sendonly'
    await new Promise(setImmediate)
  }
  const longest = await page.evaluate(count => window.media.change('studio', count), count)
  t.equal(collisions, count)
  t.ok(longest < 1000, `found ${longest} ms`)
  t.comment(`the longest took ${Math.round(longest)} ms`)
  t.strictSame([peerConnection.signalingState, transceiver.currentDirection], ['stable', 'sendonly'])
  t.equal(connection.localDescription!.sdp.match(/^m=/gm)!.length, 3)
  await page.evaluate(name => window.media.close(name), 'studio')
}

/** The server takes its offer back while the client's answer is on its way, and makes another when the client has offered. */
export async function answerTooLate (t: Test, page: ScriptedPage, server: MediaServer): Promise<void> {
  await page.evaluate(name => window.media.connect(name, '/studio', 'client offers', undefined, true), 'studio')
  const { peerConnection } = server.studio.getConnections().at(-1)!
  t.teardown(() => { server.onDescription = () => {} })
  const types: string[] = []
  const refused = signal()
  server.onDescription = ({ type }, peerConnection) => {
    types.push(type)
    if (types.length > 1) return
    peerConnection.rollback()
    refused.resolve()
  }
  const transceiver = peerConnection.addTransceiver('audio', { direction: 'sendonly' })
  await within(refused.promise, 'an answer')
  await page.evaluate(name => window.media.isStable(name), 'studio')
  await page.evaluate(() => window.media.addCamera('studio', 'rgb(30, 30, 200)'), undefined)
  await page.evaluate(name => window.media.hasTracks(name, 3), 'studio')
  t.strictSame(types, ['answer', 'offer', 'answer'])
  t.equal(transceiver.currentDirection, 'sendonly')
  await page.evaluate(name => window.media.close(name), 'studio')
}

async function assertShown (t: Test, page: ScriptedPage, name: string, sent: number[]): Promise<void> {
  const { colour, framesPerSecond, audioLevel } = await page.evaluate(name => window.media.show(name), name)
  t.ok(colour.length === 3 && colour.every((part, index) => Math.abs(part - sent[index]!) < 40), `the colour, found ${colour}`)
  t.ok(framesPerSecond > 5, `frames a second, found ${framesPerSecond}`)
  t.ok(audioLevel > 0.01, `sound, found ${audioLevel}`)
}

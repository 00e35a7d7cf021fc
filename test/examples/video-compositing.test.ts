import t from 'tap'
import { beforeAnswer } from '../../examples/video-compositing/server.js'
import { MediaStreamTrack, type PeerConnection } from '../../plugin/index.js'

/** Where there are codecs; elsewhere nothing is listened for. */
t.test('a page that offers sound, two pictures, and one of them again -> one picture is worked on', async t => {
  const events = new EventTarget()
  const replaced: unknown[] = []
  const peerConnection = Object.assign(events, { createDataChannel: () => new EventTarget() })
  await beforeAnswer(peerConnection as unknown as PeerConnection)
  const tracks = (['audio', 'video', 'video'] as const).map(kind => new MediaStreamTrack(kind))
  const announce = (track: MediaStreamTrack | undefined) => events.dispatchEvent(Object.assign(new Event('track'), { track, transceiver: { sender: { replaceTrack: (other: MediaStreamTrack) => replaced.push(other.kind) } } }))
  t.teardown(() => tracks.forEach(track => track.end()))
  for (const index of [0, 1, 2, 1]) announce(tracks[index])
  t.ok(replaced.length <= 1)
  t.ok(replaced.every(kind => kind === 'video'))
  tracks[1]!.end()
  announce(tracks[2])
  t.ok(replaced.length <= 2)
})

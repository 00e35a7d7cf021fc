import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { Recordings } from '../../examples/record-audio-video-stream/recordings.js'
import { Recording } from '../../examples/record-audio-video-stream/recording.js'
import type { MediaKind, MediaStreamTrack, MediaStreamTrackRtpEvent } from '../../plugin/index.js'
import { within } from '../helpers/deadline.js'
import { rtp } from '../helpers/media.js'

type RtpListener = (event: Pick<MediaStreamTrackRtpEvent, 'packet' | 'codec'>) => void

/** A track, whose packets the test makes. */
class FakeTrack {
  readonly kind: MediaKind
  #listener: RtpListener | undefined
  #packets = 0

  constructor (kind: MediaKind = 'audio') {
    this.kind = kind
  }

  addEventListener (_type: string, listener: RtpListener): void {
    this.#listener = listener
  }

  /** A packet with so many bytes of it. */
  send (size: number): void {
    const packet = Uint8Array.from(rtp({ sequenceNumber: this.#packets, timestamp: this.#packets * 960, payload: Buffer.alloc(size, 1) })).buffer
    this.#packets++
    this.#listener!({ packet, codec: { payloadType: 111, mimeType: 'audio/opus', clockRate: 48000, feedback: [] } })
  }
}

function start (t: Test) {
  const recordings = new Recordings()
  t.teardown(() => recordings.close())
  return {
    recordings,
    create () {
      const track = new FakeTrack()
      return { track, ...recordings.create([track as unknown as MediaStreamTrack]) }
    }
  }
}

t.test('create, nine times -> the last eight are kept; close -> none', async t => {
  const { recordings, create } = start(t)
  const all = Array.from({ length: 9 }, create)
  t.equal(new Set(all.map(({ name }) => name)).size, 9)
  for (const { track } of all) track.send(100)
  t.equal(await within(all[0]!.recording.finished, 'the end of the first'), 'stopped')
  t.strictSame(all.map(({ name }) => recordings.get(name) !== undefined), [false, ...Array(8).fill(true)])
  const { folder } = recordings
  await recordings.close()
  t.equal(existsSync(folder), false)
})

t.test('more than 32 MiB -> too large, and no more of it', async t => {
  const { create } = start(t)
  const { track, recording } = create()
  for (let sent = 0; sent < 40 * 2 ** 20; sent += 60000) track.send(60000)
  t.equal(await within(recording.finished, 'the end'), 'too large')
  t.ok(statSync(recording.path).size < 33 * 2 ** 20)
})

t.test('many small frames -> too large all the same: each costs more than its bytes', async t => {
  const { create } = start(t)
  const { track, recording } = create()
  for (let sent = 0; sent < 32 * 2 ** 10; sent++) track.send(1)
  t.equal(await within(recording.finished, 'the end'), 'too large')
})

t.test('as long as it may be, of what never becomes a frame -> too long', async t => {
  const { recordings } = start(t)
  const track = new FakeTrack('video')
  const recording = new Recording(join(recordings.folder, 'long.webm'), [track as unknown as MediaStreamTrack], 0.2)
  const timer = setInterval(() => track.send(100), 20)
  t.teardown(() => clearInterval(timer))
  t.equal(await within(recording.finished.catch(() => 'too long'), 'the end', 2000), 'too long')
})

t.test('finish before anything has arrived -> it ends all the same', async t => {
  const { create } = start(t)
  const { recording } = create()
  recording.finish()
  await t.resolves(within(recording.finished.catch(() => {}), 'the end'))
})

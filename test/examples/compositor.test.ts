import t from 'tap'
import { Compositor } from '../../examples/video-compositing/compositor.js'
import type { Codecs } from '../../examples/video-compositing/codecs.js'
import type { MediaStreamTrack, MediaStreamTrackRtpEvent } from '../../plugin/index.js'
import { rtp } from '../helpers/media.js'

type RtpListener = (event: Pick<MediaStreamTrackRtpEvent, 'packet' | 'codec'>) => void

/** Codecs that decode and encode nothing, and say what they are asked for. */
function fakeCodecs () {
  const sizes: string[] = []
  const drawn: unknown[] = []
  const state = { decoded: 0, closed: 0, drawing: 0, mostDrawing: 0 }
  let output: (frame: object) => void
  class VideoDecoder {
    state = 'configured'
    constructor (init: { output: (frame: object) => void }) { output = init.output }
    configure () {}
    decode () { state.decoded++ }
    close () {}
  }
  class VideoEncoder {
    state = 'configured'
    encodeQueueSize = 0
    configure ({ width, height }: { width: number, height: number }) { sizes.push(`${width} x ${height}`) }
    encode () { drawn.push(1) }
    close () {}
  }
  class VideoFrame { close () {} }
  class EncodedVideoChunk {}
  const context = { putImageData () {}, save () {}, translate () {}, rotate () {}, measureText: () => ({ width: 1 }), strokeText () {}, fillText () {}, restore () {} }
  const createCanvas = (width: number, height: number) => ({ width, height, data: () => new Uint8Array(), getContext: () => Object.assign(context, { canvas: { width, height } }) })
  const codecs = { webcodecs: { VideoDecoder, VideoEncoder, VideoFrame, EncodedVideoChunk }, canvas: { createCanvas, ImageData: class {} } } as unknown as Codecs
  return {
    codecs,
    sizes,
    drawn,
    state,
    /** The decoder has a picture; `copied` settles when it may be copied. */
    decoded (width: number, height: number, copied = Promise.resolve()): void {
      output({
        codedWidth: width,
        codedHeight: height,
        timestamp: 0,
        copyTo: async () => {
          state.mostDrawing = Math.max(state.mostDrawing, ++state.drawing)
          await copied
          state.drawing--
        },
        close: () => state.closed++
      })
    }
  }
}

function fakeSource () {
  let listener: RtpListener
  let packets = 0
  const source = { keyFrames: 0, addEventListener: (type: string, added: RtpListener) => { if (type === 'rtp') listener = added }, requestKeyFrame () { source.keyFrames++ } }
  return Object.assign(source, {
    /** A key frame of 640 x 480, or a picture after it. */
    send (isKeyFrame: boolean): void {
      const packet = Uint8Array.from(rtp({ sequenceNumber: packets++, marker: true, payload: Buffer.from(isKeyFrame ? '105042009d012a8002e00100470885' : '10b101000510', 'hex') })).buffer
      listener({ packet, codec: { payloadType: 96, mimeType: 'video/VP8', clockRate: 90000, feedback: [] } })
    }
  })
}

const turn = () => new Promise(resolve => { setImmediate(resolve) })

t.test('more than 60 pictures in a second -> no more are decoded before the next key frame that there is room for', async t => {
  const { codecs, state } = fakeCodecs()
  const source = fakeSource()
  const now = performance.now()
  const clock = t.intercept(performance, 'now', { value: () => now })
  t.teardown(clock.restore)
  const compositor = new Compositor(codecs, source as unknown as MediaStreamTrack)
  source.send(true)
  for (let count = 0; count < 500; count++) source.send(count % 2 === 0)
  t.equal(state.decoded, 60)
  t.ok(source.keyFrames > 0)
  clock.restore()
  t.intercept(performance, 'now', { value: () => now + 500 })
  source.send(false)
  t.equal(state.decoded, 60, 'what was left out is missing')
  source.send(true)
  source.send(false)
  t.equal(state.decoded, 62)
  compositor.track.stop()
})

t.test('pictures of another size each -> one encoder a second', async t => {
  const { codecs, sizes, state, decoded } = fakeCodecs()
  const now = performance.now()
  const clock = t.intercept(performance, 'now', { value: () => now })
  t.teardown(clock.restore)
  const compositor = new Compositor(codecs, fakeSource() as unknown as MediaStreamTrack)
  for (let count = 0; count < 10; count++) {
    decoded(320 + count, 240)
    await turn()
  }
  t.strictSame(sizes, ['320 x 240'])
  clock.restore()
  t.intercept(performance, 'now', { value: () => now + 1000 })
  decoded(640, 480)
  await turn()
  t.strictSame(sizes, ['320 x 240', '640 x 480'])
  t.equal(state.closed, 11)
  compositor.track.stop()
})

t.test('a picture while another one is drawn -> left out, and so is the next', async t => {
  const { codecs, state, drawn, decoded } = fakeCodecs()
  const compositor = new Compositor(codecs, fakeSource() as unknown as MediaStreamTrack)
  let copied!: () => void
  decoded(320, 240, new Promise(resolve => { copied = resolve }))
  for (let count = 0; count < 3; count++) {
    decoded(320, 240)
    await turn()
  }
  copied()
  await turn()
  t.strictSame([state.mostDrawing, drawn.length, state.closed], [1, 1, 4])
  compositor.track.stop()
})

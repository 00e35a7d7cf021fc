import type { EncodedVideoChunk, VideoDecoder, VideoEncoder, VideoFrame } from 'node-webcodecs'
import type { Canvas } from '@napi-rs/canvas'
import { MediaStreamTrack } from '../../plugin/index.js'
import { readRtpPacket, timestampsBetween } from '../media/rtp-packet.js'
import { RtpWriter } from '../media/rtp-writer.js'
import { packetizeVp8, readVp8Size, Vp8Depacketizer, type Vp8Frame } from '../media/vp8.js'
import type { Codecs } from './codecs.js'
import { drawText } from './draw-text.js'

const MAX_PIXELS = 1280 * 720

/** Pictures in a second, each of which takes milliseconds of the event loop. */
const MAX_FRAME_RATE = 60

/** Milliseconds from one size of the picture to the next: each needs another encoder. */
const RESIZE_INTERVAL = 1000

const BITS_PER_PIXEL = 4
const CLOCK_RATE = 90000

/** Makes a track of another: each picture with text on it. */
export class Compositor {
  readonly track = new MediaStreamTrack('video')
  readonly #codecs: Codecs
  readonly #writer = new RtpWriter(this.track)
  readonly #source: MediaStreamTrack
  readonly #decoder: VideoDecoder
  #encoder: VideoEncoder | undefined
  #canvas: Canvas
  #pixels = new Uint8ClampedArray()
  #isDrawing = false
  #resizedAt = -Infinity
  /** Until the next key frame: one before it was too large, or one too many. */
  #isLeftOut = false
  /** How many pictures there may be at once, and since when. */
  #allowance = MAX_FRAME_RATE
  #allowedAt = performance.now()
  #needsKeyFrame = true
  /** The last one of the source, and the same in microseconds since the first. */
  #timestamp: number | undefined
  #microseconds = 0

  constructor (codecs: Codecs, source: MediaStreamTrack) {
    this.#codecs = codecs
    this.#source = source
    this.#canvas = codecs.canvas.createCanvas(1, 1)
    const depacketizer = new Vp8Depacketizer(() => source.requestKeyFrame())
    this.#decoder = new codecs.webcodecs.VideoDecoder({
      output: frame => { this.#draw(frame).catch(() => {}).finally(() => frame.close()) },
      // What cannot be decoded is waited for again.
      error: () => source.requestKeyFrame()
    })
    this.#decoder.configure({ codec: 'vp8', optimizeForLatency: true })
    source.addEventListener('rtp', ({ packet, codec }) => {
      const read = codec.mimeType === 'video/VP8' ? readRtpPacket(packet) : undefined
      if (read && this.#decoder.state === 'configured') depacketizer.push(read).forEach(frame => this.#decode(frame))
    })
    source.addEventListener('ended', () => this.#close())
    this.track.addEventListener('keyframerequest', () => { this.#needsKeyFrame = true })
  }

  #decode ({ data, timestamp, isKeyFrame }: Vp8Frame): void {
    this.#microseconds += Math.round(timestampsBetween(this.#timestamp ?? timestamp, timestamp) / CLOCK_RATE * 1e6)
    this.#timestamp = timestamp
    if (isKeyFrame) {
      const { width, height } = readVp8Size(data)
      this.#isLeftOut = width * height > MAX_PIXELS
    }
    if (this.#isLeftOut) return
    if (!this.#isAllowed()) {
      this.#isLeftOut = true
      this.#source.requestKeyFrame()
      return
    }
    const { EncodedVideoChunk } = this.#codecs.webcodecs
    this.#decoder.decode(new EncodedVideoChunk({ type: isKeyFrame ? 'key' : 'delta', timestamp: this.#microseconds, data }))
  }

  #isAllowed (): boolean {
    const now = performance.now()
    this.#allowance = Math.min(MAX_FRAME_RATE, this.#allowance + (now - this.#allowedAt) / 1000 * MAX_FRAME_RATE)
    this.#allowedAt = now
    if (this.#allowance < 1) return false
    this.#allowance--
    return true
  }

  /** A picture that comes before the one before it is drawn and encoded is left out. */
  async #draw (frame: VideoFrame): Promise<void> {
    if (this.#isDrawing || (this.#encoder?.encodeQueueSize ?? 0) > 1) return
    this.#isDrawing = true
    try {
      const { codedWidth: width, codedHeight: height, timestamp } = frame
      if (!this.#resize(width, height)) return
      await frame.copyTo(this.#pixels, { format: 'RGBA' })
      if (this.track.readyState === 'live') this.#encode(timestamp)
    } finally {
      this.#isDrawing = false
    }
  }

  /** False when there was another size just now. */
  #resize (width: number, height: number): boolean {
    if (this.#encoder && width === this.#canvas.width && height === this.#canvas.height) return true
    const now = performance.now()
    if (now - this.#resizedAt < RESIZE_INTERVAL) return false
    this.#resizedAt = now
    const { canvas, webcodecs } = this.#codecs
    this.#encoder?.close()
    this.#canvas = canvas.createCanvas(width, height)
    this.#pixels = new Uint8ClampedArray(width * height * 4)
    this.#needsKeyFrame = true
    this.#encoder = new webcodecs.VideoEncoder({ output: chunk => this.#send(chunk), error: () => this.#close() })
    this.#encoder.configure({ codec: 'vp8', width, height, bitrate: width * height * BITS_PER_PIXEL, framerate: 30, latencyMode: 'realtime' })
    return true
  }

  #encode (timestamp: number): void {
    const { width, height } = this.#canvas
    const { canvas, webcodecs } = this.#codecs
    const context = this.#canvas.getContext('2d')
    context.putImageData(new canvas.ImageData(this.#pixels, width, height), 0, 0)
    drawText(context, 'fastify-webrtc', timestamp / 1e6)
    const frame = new webcodecs.VideoFrame(this.#canvas.data(), { format: 'RGBA', codedWidth: width, codedHeight: height, timestamp })
    this.#encoder!.encode(frame, { keyFrame: this.#needsKeyFrame })
    this.#needsKeyFrame = false
    frame.close()
  }

  #send (chunk: EncodedVideoChunk): void {
    if (this.track.readyState === 'ended') return
    const data = new Uint8Array(chunk.byteLength)
    chunk.copyTo(data)
    const timestamp = Math.round(chunk.timestamp / 1e6 * CLOCK_RATE) % 2 ** 32
    packetizeVp8(data).forEach((payload, index, { length }) => this.#writer.write(payload, { timestamp, marker: index === length - 1 }))
  }

  #close (): void {
    this.track.stop()
    if (this.#decoder.state !== 'closed') this.#decoder.close()
    if (this.#encoder && this.#encoder.state !== 'closed') this.#encoder.close()
  }
}

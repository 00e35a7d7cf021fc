import { EncodedAudioPacketSource, EncodedPacket, EncodedVideoPacketSource, FilePathTarget, Output, WebMOutputFormat } from 'mediabunny'
import { readRtpPacket, timestampsBetween, type RtpPacket } from '../media/rtp-packet.js'
import { RtpOrder } from '../media/rtp-order.js'
import { readVp8Size, Vp8Depacketizer, type Vp8Frame } from '../media/vp8.js'
import type { MediaStreamTrack } from '../../plugin/index.js'

/** In seconds. */
const MAX_DURATION = 60
const MAX_SIZE = 32 * 2 ** 20

/** What a frame costs beside its bytes, in the file and while it waits for that of another track. */
const OVERHEAD = 1024

/** How long nothing arrives before a page is taken for gone, in milliseconds. */
const MAX_SILENCE = 3000

/** In seconds: nobody says how long the last picture is to be seen. */
const FRAME_DURATION = 1 / 30
const OPUS_DURATION = 0.02

/** `broken`: what arrived could not be written. */
export type RecordingEnd = 'stopped' | 'silent' | 'too long' | 'too large' | 'broken'

/** When the packets of a track are to be seen or heard: their own clock, put on that of the recording when the first arrives. */
class Timeline {
  readonly #clockRate: number
  #last: { timestamp: number, time: number } | undefined

  constructor (clockRate: number) {
    this.#clockRate = clockRate
  }

  /** In seconds. `elapsed` is how long the recording has gone on. */
  place (timestamp: number, elapsed: number): number {
    const { timestamp: last, time } = this.#last ?? { timestamp, time: elapsed }
    const placed = time + timestampsBetween(last, timestamp) / this.#clockRate
    this.#last = { timestamp, time: placed }
    return placed
  }
}

/** A WebM file of what a page sends, as it is encoded. */
export class Recording {
  readonly path: string
  /** Settles when the file is whole. */
  readonly finished: Promise<RecordingEnd>
  readonly #output: Output
  readonly #started = performance.now()
  #end!: (end: RecordingEnd) => void
  #writing: Promise<unknown>
  #hasEnded = false
  #size = 0
  readonly #silence: NodeJS.Timeout
  readonly #duration: NodeJS.Timeout

  /** The duration is in seconds. */
  constructor (path: string, tracks: MediaStreamTrack[], maxDuration = MAX_DURATION) {
    this.path = path
    this.#output = new Output({ format: new WebMOutputFormat(), target: new FilePathTarget(path) })
    for (const track of tracks) {
      if (track.kind === 'video') this.#recordVideo(track)
      else this.#recordAudio(track)
    }
    this.#silence = setTimeout(() => this.finish('silent'), MAX_SILENCE)
    // Not only when a frame is written: a page may send what never becomes one.
    this.#duration = setTimeout(() => this.finish('too long'), maxDuration * 1000).unref()
    this.#writing = this.#output.start().catch(() => this.finish('broken'))
    this.finished = new Promise<RecordingEnd>(resolve => { this.#end = resolve }).then(async end => {
      await this.#writing
      await this.#output.finalize()
      return end
    })
    this.finished.catch(() => {})
  }

  /** Harmless when called again. */
  finish (end: RecordingEnd = 'stopped'): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    clearTimeout(this.#silence)
    clearTimeout(this.#duration)
    this.#end(end)
  }

  #recordVideo (track: MediaStreamTrack): void {
    const source = new EncodedVideoPacketSource('vp8')
    const depacketizer = new Vp8Depacketizer(() => track.requestKeyFrame())
    const timeline = new Timeline(90000)
    let decoderConfig: VideoDecoderConfig | undefined
    this.#output.addVideoTrack(source)
    this.#listen(track, packet => {
      for (const frame of depacketizer.push(packet)) {
        decoderConfig ??= toDecoderConfig(frame)
        const time = timeline.place(frame.timestamp, this.#elapsed)
        this.#write(frame.data, () => source.add(new EncodedPacket(frame.data, frame.isKeyFrame ? 'key' : 'delta', time, FRAME_DURATION), { decoderConfig }))
      }
    })
  }

  #recordAudio (track: MediaStreamTrack): void {
    const source = new EncodedAudioPacketSource('opus')
    const order = new RtpOrder()
    const timeline = new Timeline(48000)
    this.#output.addAudioTrack(source)
    this.#listen(track, packet => {
      for (const { packet: { payload, timestamp } } of order.push(packet)) {
        const time = timeline.place(timestamp, this.#elapsed)
        // A copy: the payload may be a small part of the packet that it would keep.
        const data = payload.slice()
        this.#write(data, () => source.add(new EncodedPacket(data, 'key', time, OPUS_DURATION), { decoderConfig: { codec: 'opus', sampleRate: 48000, numberOfChannels: 2 } }))
      }
    })
  }

  #listen (track: MediaStreamTrack, record: (packet: RtpPacket) => void): void {
    track.addEventListener('rtp', ({ packet, codec }) => {
      const read = readRtpPacket(packet)
      // Padding has no payload.
      if (this.#hasEnded || !read || read.payload.length === 0 || codec.mimeType === 'video/H264') return
      this.#silence.refresh()
      record(read)
    })
  }

  #write (data: Uint8Array, write: () => Promise<void>): void {
    this.#size += data.length + OVERHEAD
    this.#writing = this.#writing.then(write).catch(() => this.finish('broken'))
    if (this.#size > MAX_SIZE) this.finish('too large')
  }

  /** In seconds. */
  get #elapsed (): number {
    return (performance.now() - this.#started) / 1000
  }
}

function toDecoderConfig ({ data }: Vp8Frame): VideoDecoderConfig {
  const { width, height } = readVp8Size(data)
  return { codec: 'vp8', codedWidth: width, codedHeight: height }
}

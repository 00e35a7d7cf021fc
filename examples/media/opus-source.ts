import { MediaStreamTrack, type PeerConnection } from '../../plugin/index.js'
import { FRAME_SIZE, OpusEncoder, SAMPLE_RATE } from './opus-encoder.js'
import { RtpWriter } from './rtp-writer.js'

/** Fills 960 samples of each channel, from -1 to 1. */
export type ReadSamples = (channelData: Float32Array<ArrayBuffer>[]) => void

const FRAME_DURATION = FRAME_SIZE / SAMPLE_RATE * 1000

/** What a busy process has not sent within this time is left out, in milliseconds: the far end has played silence by then. */
const MAX_DELAY = 200

/** Audio that the application makes, as a track: `read` is asked for 20 ms whenever it is time for them. */
export class OpusSource {
  readonly track = new MediaStreamTrack('audio')
  readonly #writer = new RtpWriter(this.track)
  readonly #encoder: OpusEncoder
  readonly #channelData: Float32Array<ArrayBuffer>[]
  readonly #read: ReadSamples
  readonly #now: () => number
  #timer: NodeJS.Timeout | undefined
  #start = 0
  /** How many frames of time have been sent, or left out. */
  #frames = 0

  constructor (channels: 1 | 2, read: ReadSamples, now = () => performance.now()) {
    this.#encoder = new OpusEncoder(channels)
    this.#channelData = Array.from({ length: channels }, () => new Float32Array(FRAME_SIZE))
    this.#read = read
    this.#now = now
  }

  /** Sends while the peer is connected. */
  follow (peerConnection: PeerConnection): void {
    peerConnection.addEventListener('connectionstatechange', () => {
      if (peerConnection.connectionState === 'connected') this.start()
      if (peerConnection.connectionState === 'closed') this.stop()
    })
  }

  /** Harmless when called again. */
  start (): void {
    if (this.#timer) return
    this.#start = this.#now()
    this.#timer = setInterval(() => this.sendDue(), FRAME_DURATION)
    this.sendDue()
  }

  /** For good. Harmless when called again. */
  stop (): void {
    clearInterval(this.#timer)
    this.track.stop()
    this.#encoder.close()
  }

  /** What it is time for: timers are late. */
  sendDue (): void {
    const due = Math.floor((this.#now() - this.#start) / FRAME_DURATION) + 1
    if (due - this.#frames > MAX_DELAY / FRAME_DURATION) this.#frames = due - 1
    for (; this.#frames < due; this.#frames++) {
      this.#read(this.#channelData)
      this.#writer.write(this.#encoder.encode(this.#channelData), { timestamp: this.#frames * FRAME_SIZE })
    }
  }
}

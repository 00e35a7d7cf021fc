import { randomInt } from 'node:crypto'
import type { MediaStreamTrack } from '../../plugin/index.js'
import { writeRtpPacket } from './rtp-packet.js'

export interface Written {
  /** When it is to be heard or seen, in the clock rate of the codec: 48000 of Opus, 90000 of video. */
  timestamp: number
  /** Of video: the last packet of a picture. Default false. */
  marker?: boolean
}

/** Sends what an encoder makes on a track of the application's own, as the packets of one source. */
export class RtpWriter {
  readonly #track: MediaStreamTrack
  readonly #ssrc = randomInt(2 ** 32)
  #sequenceNumber = 0

  constructor (track: MediaStreamTrack) {
    this.#track = track
  }

  /** Of at most 1428 bytes. Payload type and timestamps are adapted to each peer that the track is sent to. */
  write (payload: Uint8Array, { timestamp, marker = false }: Written): void {
    this.#track.writeRtp(writeRtpPacket({ payloadType: 96, marker, sequenceNumber: this.#sequenceNumber, timestamp, ssrc: this.#ssrc, payload }))
    this.#sequenceNumber = (this.#sequenceNumber + 1) & 0xffff
  }
}

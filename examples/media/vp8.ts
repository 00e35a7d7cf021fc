/** VP8 in RTP: RFC 7741. */
import { RtpOrder, type OrderedPacket } from './rtp-order.js'
import type { RtpPacket } from './rtp-packet.js'

export interface Vp8Frame {
  data: Uint8Array
  /** In units of 1/90000 s. */
  timestamp: number
  /** Whether it can be decoded without the frames before it. */
  isKeyFrame: boolean
}

/** Payloads with their descriptor and RTP header fit into a datagram that is not divided on its way. */
const MAX_PAYLOAD_SIZE = 1200

/** Packets of one frame. Without an end to them a sender that never sets the marker would fill the memory. */
const MAX_PARTS = 1024

/** Puts frames together from the packets of a track. */
export class Vp8Depacketizer {
  readonly #order = new RtpOrder()
  readonly #onLoss: () => void
  #parts: Uint8Array[] = []
  #needsKeyFrame = true

  /** `onLoss`: nothing can be decoded before the next key frame, which is a reason to ask for one. Called for each frame that is left out for it. */
  constructor (onLoss: () => void) {
    this.#onLoss = onLoss
  }

  /** The frames that are complete with this packet, as a decoder needs them: the first is a key frame, and after a loss too. */
  push (packet: RtpPacket): Vp8Frame[] {
    return this.#order.push(packet).flatMap(ordered => this.#add(ordered) ?? [])
  }

  #add ({ packet: { payload, marker, timestamp }, isAfterGap }: OrderedPacket): Vp8Frame | undefined {
    if (isAfterGap || this.#parts.length === MAX_PARTS) {
      this.#parts = []
      this.#needsKeyFrame = true
    }
    const descriptor = readDescriptor(payload)
    if (!descriptor) return undefined
    if (descriptor.isStart) this.#parts = [payload.subarray(descriptor.size)]
    else if (this.#parts.length > 0) this.#parts.push(payload.subarray(descriptor.size))
    if (!marker) return undefined
    return this.#finish(Buffer.concat(this.#parts.splice(0)), timestamp)
  }

  #finish (data: Uint8Array, timestamp: number): Vp8Frame | undefined {
    const isKeyFrame = data.length > 0 && isKey(data)
    if (data.length > 0 && (isKeyFrame || !this.#needsKeyFrame)) {
      this.#needsKeyFrame = false
      return { data, timestamp, isKeyFrame }
    }
    this.#needsKeyFrame = true
    this.#onLoss()
    return undefined
  }
}

/** The payloads of a frame's packets, of which the last is the one with the marker. */
export function packetizeVp8 (frame: Uint8Array): Uint8Array[] {
  return Array.from({ length: Math.ceil(frame.length / MAX_PAYLOAD_SIZE) }, (_, index) => {
    const part = frame.subarray(index * MAX_PAYLOAD_SIZE, (index + 1) * MAX_PAYLOAD_SIZE)
    // S: the start of a partition. All of a frame is taken for its first one, as the RFC allows.
    const payload = new Uint8Array(1 + part.length)
    payload[0] = index === 0 ? 0x10 : 0
    payload.set(part, 1)
    return payload
  })
}

/** Of a key frame: RFC 6386, 9.1. */
export function readVp8Size (keyFrame: Uint8Array): { width: number, height: number } {
  const view = new DataView(keyFrame.buffer, keyFrame.byteOffset)
  return { width: view.getUint16(6, true) & 0x3fff, height: view.getUint16(8, true) & 0x3fff }
}

/** Its start code is there too, so that what is read of it is there. */
function isKey (frame: Uint8Array): boolean {
  return (frame[0]! & 1) === 0 && frame.length >= 10 && frame[3] === 0x9d && frame[4] === 0x01 && frame[5] === 0x2a
}

/** RFC 7741, 4.2. Undefined for what is too short to be one. */
function readDescriptor (payload: Uint8Array): { size: number, isStart: boolean } | undefined {
  const [first = 0, extensions = 0, pictureId = 0] = payload
  let size = 1
  if (first & 0x80) {
    size++
    if (extensions & 0x80) size += pictureId & 0x80 ? 2 : 1
    if (extensions & 0x40) size++
    if (extensions & 0x30) size++
  }
  if (payload.length <= size) return undefined
  return { size, isStart: (first & 0x10) !== 0 && (first & 0x07) === 0 }
}

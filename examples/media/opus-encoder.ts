import { createRequire } from 'node:module'

/** Opus has a clock of 48000 Hz, whatever it encodes: RFC 7587, 4.1. */
export const SAMPLE_RATE = 48000

/** 20 ms, in samples of each channel: what browsers expect. */
export const FRAME_SIZE = 960

interface Handler {
  _encode (input: number, size: number, output: number, frameSize: number): number
}

/** libopus, as opusscript compiles it. */
interface Libopus {
  readonly HEAPU8: Uint8Array
  readonly HEAPU16: Uint16Array
  readonly OpusScriptHandler: {
    new (sampleRate: number, channels: number, application: number): Handler
    destroy_handler (handler: Handler): void
  }
  _malloc (size: number): number
}

/** OPUS_APPLICATION_AUDIO */
const AUDIO = 2049
const MAX_PACKET_SIZE = 1275

// Without opusscript's own class, which writes samples where it has allocated nothing: at twice the address that it has got.
const libopus: Libopus = createRequire(import.meta.url)('opusscript/build/opusscript_native_wasm.js')()
// One number for each byte, of two channels of 16 bits. All encoders share it, since none keeps it.
const input = libopus._malloc(FRAME_SIZE * 2 * 2 * 2)
const output = libopus._malloc(MAX_PACKET_SIZE)

/** Samples of one or two channels to Opus, 20 ms at a time: some 0.3 ms of the processor. Has to be closed. */
export class OpusEncoder {
  readonly #channels: number
  #handler: Handler | undefined

  constructor (channels: 1 | 2) {
    this.#channels = channels
    this.#handler = new libopus.OpusScriptHandler(SAMPLE_RATE, channels, AUDIO)
  }

  /** 960 samples of each channel, from -1 to 1. Throws an InvalidStateError after close. */
  encode (channelData: readonly Float32Array[]): Uint8Array {
    if (!this.#handler) throw new DOMException('encode: expected an encoder that is not closed', 'InvalidStateError')
    // Its memory moves when it grows.
    const { HEAPU8, HEAPU16 } = libopus
    let at = input / 2
    for (let index = 0; index < FRAME_SIZE; index++) {
      for (const samples of channelData) {
        const value = Math.round(Math.max(-1, Math.min(1, samples[index]!)) * 32767)
        HEAPU16[at++] = value & 0xff
        HEAPU16[at++] = (value >> 8) & 0xff
      }
    }
    const length = this.#handler._encode(input, FRAME_SIZE * this.#channels * 2, output, FRAME_SIZE)
    if (length < 0) throw new Error(`expected a packet, but libopus says ${length}`)
    return HEAPU8.slice(output, output + length)
  }

  /** Harmless when called again. */
  close (): void {
    if (this.#handler) libopus.OpusScriptHandler.destroy_handler(this.#handler)
    this.#handler = undefined
  }
}

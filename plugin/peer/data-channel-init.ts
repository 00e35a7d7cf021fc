/** W3C RTCDataChannelInit: https://www.w3.org/TR/webrtc/#dom-rtcdatachannelinit */
export interface DataChannelInit {
  /** Whether messages arrive in order. Default true. */
  ordered?: boolean
  /** Time in milliseconds in which a message is sent again. Default without end. Not together with maxRetransmits. */
  maxPacketLifeTime?: number
  /** How often a message is sent again. Default without end. Not together with maxPacketLifeTime. */
  maxRetransmits?: number
  /** The application's name for what it speaks on the channel. Default ''. */
  protocol?: string
  /** Both ends make the channel with the same `id`, nothing is announced in-band. Default false. */
  negotiated?: boolean
  /** The channel's stream, 0 to 1021; ignored without `negotiated`. */
  id?: number
}

/** The last of the native library's streams, 0 to 1023, are for the channels of our own. Each end has another one, so that what it closes is never the other's. */
export const OWN_ID = { offer: 1023, answer: 1022 }
export const MAX_ID = 1021
const MAX_UNSIGNED_SHORT = 65535

/** The checks of RTCPeerConnection.createDataChannel, steps 3 to 20. Throws a TypeError that says what was expected. */
export function checkDataChannelInit (label: string, init: DataChannelInit): void {
  const { maxPacketLifeTime, maxRetransmits, protocol = '', negotiated = false, id } = init
  const texts = { label, protocol }
  for (const [name, text] of Object.entries(texts)) {
    if (typeof text !== 'string' || Buffer.byteLength(text) > MAX_UNSIGNED_SHORT) throw expected(`${name} of at most ${MAX_UNSIGNED_SHORT} bytes`, typeof text)
  }
  const numbers = { maxPacketLifeTime, maxRetransmits }
  for (const [name, number] of Object.entries(numbers)) {
    if (number !== undefined && !isWithin(number, MAX_UNSIGNED_SHORT)) throw expected(`${name} from 0 to ${MAX_UNSIGNED_SHORT}`, number)
  }
  if (maxPacketLifeTime !== undefined && maxRetransmits !== undefined) throw expected('maxPacketLifeTime or maxRetransmits', 'both')
  if (negotiated && !isWithin(id, MAX_ID)) throw expected(`an id from 0 to ${MAX_ID} with negotiated`, id)
}

function isWithin (number: number | undefined, maximum: number): boolean {
  return Number.isInteger(number) && number! >= 0 && number! <= maximum
}

function expected (what: string, found: unknown): TypeError {
  return new TypeError(`createDataChannel: expected ${what}, found ${found}`)
}

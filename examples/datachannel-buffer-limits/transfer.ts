/** Both ends make the same channel. */
export const CHANNEL = { negotiated: true, id: 0 } as const

/** How many bytes may wait in the channel, at either end, and with how many left there is room for more. The server's `maxBufferedAmount` is a little more. */
export const MAX_BUFFERED_AMOUNT = 786432
const LOW_BUFFERED_AMOUNT = 262144

/** What the page asks for: so many bytes each way, in chunks of so many. */
export interface Transfer {
  size: number
  chunkSize: number
}

/** What either end says of the bytes that it has sent, or that have arrived. */
export interface Summary {
  checksum: number
}

/** CRC-32 of what has been, with this after it. */
export type Checksum = (bytes: Uint8Array, before: number) => number

/** What a channel in a browser and one in the server have in common. */
export interface Channel {
  readonly bufferedAmount: number
  bufferedAmountLowThreshold: number
  send (data: Uint8Array<ArrayBuffer>): void
  addEventListener (type: 'bufferedamountlow', listener: () => void): void
  removeEventListener (type: 'bufferedamountlow', listener: () => void): void
}

/** Sends as fast as the far end takes it, without ever waiting for it: `done` is told the checksum when the last byte is in the channel's buffer. */
export function transfer (channel: Channel, { size, chunkSize }: Transfer, checksum: Checksum, done: (summary: Summary) => void): void {
  const chunk = randomBytes(chunkSize)
  const number = new DataView(chunk.buffer)
  let sent = 0
  let sum = 0

  const fill = () => {
    while (sent < size && channel.bufferedAmount + chunkSize <= MAX_BUFFERED_AMOUNT) {
      // No two chunks are alike: one that is lost, or out of its place, changes the checksum.
      number.setUint32(0, sent)
      const bytes = chunk.subarray(0, size - sent)
      channel.send(bytes)
      sum = checksum(bytes, sum)
      sent += bytes.length
    }
    if (sent < size) return
    channel.removeEventListener('bufferedamountlow', fill)
    done({ checksum: sum })
  }
  channel.bufferedAmountLowThreshold = LOW_BUFFERED_AMOUNT
  channel.addEventListener('bufferedamountlow', fill)
  fill()
}

function randomBytes (length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length)
  // That many at a time.
  for (let offset = 0; offset < length; offset += 65536) crypto.getRandomValues(bytes.subarray(offset, offset + 65536))
  return bytes
}

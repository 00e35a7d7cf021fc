import type { Readable } from 'node:stream'
import { settlesWithin } from '../settles-within.js'

/** How large a piece is at most, in bytes. Brokers have bounds for a message. */
const MAX_CHUNK = 65_536

/** What the stream has to give, when it has something or after so many milliseconds, and whether that is all. Rejects when it was cut off. */
export async function readChunk (stream: Readable, milliseconds: number): Promise<{ chunk: Uint8Array, isLast: boolean }> {
  if (stream.readableLength === 0 && milliseconds > 0) await settlesWithin(untilReadable(stream), milliseconds)
  const chunk = read(stream)
  // A stream says of its end in the next tick that it has been read.
  if (chunk.length < MAX_CHUNK) await new Promise<void>(resolve => process.nextTick(resolve))
  if (stream.errored) throw stream.errored
  return { chunk, isLast: stream.readableEnded }
}

function read (stream: Readable): Uint8Array {
  const size = Math.min(stream.readableLength, MAX_CHUNK)
  const chunk: Buffer | null = size > 0 ? stream.read(size) : stream.read()
  if (size > 0 && size < MAX_CHUNK) stream.read(0)
  return chunk ?? new Uint8Array()
}

function untilReadable (stream: Readable): Promise<void> {
  return new Promise(resolve => {
    const events = ['readable', 'end', 'close', 'error']
    const done = () => {
      for (const event of events) stream.off(event, done)
      resolve()
    }
    for (const event of events) stream.on(event, done)
    stream.read(0)
  })
}

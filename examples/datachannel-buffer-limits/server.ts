import { crc32 } from 'node:zlib'
import type { ConnectionManagerOptions, PeerConnection } from '../../plugin/index.js'
import { release } from './release.js'
import { CHANNEL, transfer, type Summary, type Transfer } from './transfer.js'

/** As fast as it can is what this example is about; others keep to the defaults. More may wait for a moment in which the server is busy. */
export const connectionOptions: ConnectionManagerOptions = { maxBytesPerSecond: 268435456, maxMessagesPerSecond: 100000, maxQueuedAmount: 16777216 }

const MAX_SIZE = 1e9
/** Thousands of messages at once, however small, would keep the event loop from everything else. */
const MIN_CHUNK_SIZE = 1024
const MAX_CHUNK_SIZE = 262144

export function beforeOffer (peerConnection: PeerConnection) {
  const channel = peerConnection.createDataChannel('buffer-limits', CHANNEL)
  let wanted: Transfer | undefined
  let received = 0
  let checksum = 0
  const summarize = (summary: Summary) => channel.send(JSON.stringify(summary))

  channel.addEventListener('message', ({ data }) => {
    if (typeof data === 'string') {
      if (wanted) throw new Error('expected one transfer after the other')
      wanted = readTransfer(data)
      received = checksum = 0
    } else if (wanted) {
      received += data.byteLength
      checksum = crc32(new Uint8Array(data), checksum)
      release(data)
      if (received !== wanted.size) return
      summarize({ checksum })
      transfer(channel, wanted, crc32, summary => {
        wanted = undefined
        summarize(summary)
      })
    }
  })
}

/** What throws here closes the connection of the page that asked for it, and no other. */
function readTransfer (text: string): Transfer {
  const { size, chunkSize } = JSON.parse(text)
  const isWithin = (value: unknown, from: number, to: number) => Number.isInteger(value) && Number(value) >= from && Number(value) <= to
  if (!isWithin(size, 4, MAX_SIZE) || !isWithin(chunkSize, MIN_CHUNK_SIZE, MAX_CHUNK_SIZE)) throw new RangeError(`expected a size up to ${MAX_SIZE} and chunks of ${MIN_CHUNK_SIZE} to ${MAX_CHUNK_SIZE}`)
  return { size, chunkSize }
}

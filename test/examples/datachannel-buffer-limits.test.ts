import { randomBytes } from 'node:crypto'
import { crc32 as zlibCrc32 } from 'node:zlib'
import t from 'tap'
import { crc32 } from '../../examples/datachannel-buffer-limits/crc-32.js'
import { release } from '../../examples/datachannel-buffer-limits/release.js'
import { beforeOffer } from '../../examples/datachannel-buffer-limits/server.js'
import { MAX_BUFFERED_AMOUNT, transfer, type Channel, type Summary } from '../../examples/datachannel-buffer-limits/transfer.js'
import type { PeerConnection } from '../../plugin/index.js'

/** A channel whose bytes leave when the test says so. */
class FakeChannel extends EventTarget implements Channel {
  bufferedAmount = 0
  bufferedAmountLowThreshold = 0
  most = 0
  readonly sent: (Buffer | string)[] = []

  send (data: Uint8Array | string): void {
    this.sent.push(typeof data === 'string' ? data : Buffer.from(data))
    this.bufferedAmount += data.length
    this.most = Math.max(this.most, this.bufferedAmount)
  }

  leave (): void {
    this.bufferedAmount = 0
    this.dispatchEvent(new Event('bufferedamountlow'))
  }

  receive (data: unknown): void {
    this.dispatchEvent(Object.assign(new Event('message'), { data }))
  }
}

t.test('crc32 of bytes that come in parts -> what zlib says of the whole', async t => {
  const bytes = randomBytes(1000)
  t.equal(crc32(bytes.subarray(300), crc32(bytes.subarray(0, 300))), zlibCrc32(bytes))
  t.equal(crc32(Buffer.from('123456789')), 0xcbf43926)
})

t.test('transfer of what does not fit into the buffer -> goes on when it is low, ends with what is left', async t => {
  const channel = new FakeChannel()
  const size = 3 * MAX_BUFFERED_AMOUNT + 1000
  let summary: Summary | undefined
  transfer(channel, { size, chunkSize: 100_000 }, crc32, _summary => { summary = _summary })
  for (let turns = 0; turns < 10; turns++) {
    t.equal(summary === undefined, turns < 3)
    channel.leave()
  }
  t.ok(channel.most <= MAX_BUFFERED_AMOUNT && channel.most > MAX_BUFFERED_AMOUNT - 100_000)
  const bytes = Buffer.concat(channel.sent as Buffer[])
  t.equal(bytes.length, size)
  t.equal(summary!.checksum, zlibCrc32(bytes))
  t.equal(new Set(channel.sent.map(String)).size, channel.sent.length, 'no two chunks are alike')
})

t.test('release -> nothing is left of it', async t => {
  const { buffer } = new Uint8Array(1000)
  release(buffer)
  t.equal(buffer.byteLength, 0)
})

t.test('the server, asked for a transfer -> sends as much back; for another before it has ended, or one that is no transfer -> throws', async t => {
  const channel = new FakeChannel()
  const errors: string[] = []
  const { addEventListener } = channel
  // An EventTarget of Node's would make it an uncaught exception; the plugin closes the connection.
  channel.addEventListener = (type: string, listener: never) => addEventListener.call(channel, type, (event: Event) => {
    try {
      (listener as (event: Event) => void)(event)
    } catch (error) {
      errors.push((error as Error).name)
    }
  })
  beforeOffer({ createDataChannel: () => channel } as unknown as PeerConnection)
  for (const wrong of ['', '{}', '{"size":1e12,"chunkSize":1000}', '{"size":1000,"chunkSize":262145}', '{"size":1000000,"chunkSize":1023}', '{"size":"1000","chunkSize":1024}']) channel.receive(wrong)
  t.strictSame(errors, ['SyntaxError', ...Array(5).fill('RangeError')])

  const bytes = randomBytes(3400)
  channel.receive(new Uint8Array(bytes).buffer)
  t.strictSame(channel.sent, [], 'nobody has asked for anything')
  channel.receive('{"size":3400,"chunkSize":1024}')
  channel.receive(new Uint8Array(bytes.subarray(0, 600)).buffer)
  channel.receive('{"size":3400,"chunkSize":1024}')
  t.strictSame(errors.slice(6), ['Error'])
  channel.receive(new Uint8Array(bytes.subarray(600)).buffer)
  const back = Buffer.concat(channel.sent.slice(1, 5) as Buffer[])
  t.strictSame(channel.sent.length, 6)
  t.strictSame(JSON.parse(channel.sent[0] as string), { checksum: zlibCrc32(bytes) })
  t.strictSame([back.length, JSON.parse(channel.sent[5] as string)], [3400, { checksum: zlibCrc32(back) }])
})

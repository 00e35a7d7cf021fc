import { randomBytes } from 'node:crypto'
import t from 'tap'
import type { NativeMessage } from '../helpers/native-peer.js'
import { within } from '../helpers/deadline.js'
import { connectChannels, next } from '../helpers/peers.js'

const MAX_MESSAGE_SIZE = 256 * 1024
const bytes = randomBytes(64)

const SENT: Record<string, { message: string | ArrayBuffer | ArrayBufferView, received: string | Buffer }> = {
  'a string': { message: 'text', received: 'text' },
  'a string beyond ASCII': { message: 'λ ✓ 😀 \0 end', received: 'λ ✓ 😀 \0 end' },
  'half of a surrogate pair': { message: '\ud83d', received: '\ufffd' },
  'an empty string': { message: '', received: '' },
  'an ArrayBuffer': { message: Uint8Array.from(bytes).buffer, received: bytes },
  'an empty ArrayBuffer': { message: new ArrayBuffer(0), received: Buffer.alloc(0) },
  'a Buffer': { message: bytes, received: bytes },
  'a Uint8Array that is part of its buffer': { message: new Uint8Array(Uint8Array.from(bytes).buffer, 8, 16), received: bytes.subarray(8, 24) },
  'a Float64Array': { message: new Float64Array(Uint8Array.from(bytes).buffer, 16, 2), received: bytes.subarray(16, 32) },
  'a DataView': { message: new DataView(Uint8Array.from(bytes).buffer, 1, 3), received: bytes.subarray(1, 4) },
  'a view of a SharedArrayBuffer': { message: new Uint8Array(new SharedArrayBuffer(4)), received: Buffer.alloc(4) },
  'the largest string': { message: 'x'.repeat(MAX_MESSAGE_SIZE), received: 'x'.repeat(MAX_MESSAGE_SIZE) },
  'the largest binary message': { message: new Uint8Array(MAX_MESSAGE_SIZE), received: Buffer.alloc(MAX_MESSAGE_SIZE) }
}

t.test('send', async t => {
  const { channel, farChannel } = await connectChannels(t)
  for (const [index, [name, { message, received }]] of Object.entries(SENT).entries()) {
    t.test(`send with ${name} arrives as it was sent`, async t => {
      channel.send(message)
      const arrived = (await farChannel.messages(index + 1)).at(-1)!
      if (typeof received === 'string') t.ok(arrived === received, 'expected the same string')
      else t.ok(Buffer.isBuffer(arrived) && arrived.equals(received), 'expected the same bytes')
    })
  }
})

const RECEIVED: Record<string, string | Buffer> = {
  'a string': 'text',
  'a string beyond ASCII': 'λ ✓ 😀 \0 end',
  'an empty string': '',
  'a binary message': bytes,
  'an empty binary message': Buffer.alloc(0),
  'the largest string': 'x'.repeat(MAX_MESSAGE_SIZE),
  'the largest binary message': randomBytes(MAX_MESSAGE_SIZE)
}

t.test('message', async t => {
  const { channel, farChannel } = await connectChannels(t)
  for (const [name, message] of Object.entries(RECEIVED)) {
    t.test(`${name} of the far end is a message event with ${typeof message === 'string' ? 'a string' : 'an ArrayBuffer of just its bytes'}`, async t => {
      const arrived = next(channel, 'message')
      farChannel.send(message)
      const { type, target, data } = await arrived
      t.equal(type, 'message')
      t.equal(target, channel)
      if (typeof message === 'string') t.ok(data === message, 'expected the same string')
      else t.ok(data instanceof ArrayBuffer && Buffer.from(data).equals(message), 'expected the same bytes')
    })
  }
})

const REFUSED: Record<string, unknown> = {
  'a number': 7,
  null: null,
  undefined,
  'an object': {},
  'a list of bytes': [1, 2, 3],
  'a Blob': new Blob(['text']),
  'a SharedArrayBuffer': new SharedArrayBuffer(4)
}

t.test('send of something that is no message', async t => {
  const { channel, farChannel } = await connectChannels(t)
  for (const [name, message] of Object.entries(REFUSED)) {
    t.test(`send with ${name} throws a TypeError and sends nothing`, async t => {
      t.throws(() => channel.send(message as string), { name: 'TypeError', message: `send: expected a string, an ArrayBuffer or a view of one, found ${typeof message}` })
    })
  }
  for (const [name, message] of Object.entries({ 'string of one byte too much': `é${'x'.repeat(MAX_MESSAGE_SIZE - 1)}`, 'binary message of one byte too much': new Uint8Array(MAX_MESSAGE_SIZE + 1) })) {
    t.test(`send with a ${name} throws a TypeError and sends nothing`, async t => {
      t.throws(() => channel.send(message), { name: 'TypeError', message: 'send: expected at most 262144 bytes, found 262145' })
    })
  }
  t.test('the channel is as good as before', async t => {
    channel.send('after')
    t.same(await farChannel.messages(1), ['after'])
  })
})

t.test('send to a far end that takes less than 256 KiB throws a TypeError beyond what it takes', async t => {
  const { channel, farChannel } = await connectChannels(t, undefined, undefined, { maxMessageSize: 1000 })
  t.throws(() => channel.send(new Uint8Array(1001)), { name: 'TypeError', message: 'send: expected at most 1000 bytes, found 1001' })
  channel.send(new Uint8Array(1000))
  t.equal((await farChannel.messages(1) as Buffer[])[0]!.byteLength, 1000)
})

t.test('messages of both kinds and many sizes arrive in order, both ways at once', async t => {
  const { channel, farChannel } = await connectChannels(t)
  const messages = Array.from({ length: 500 }, (_, index): string | Buffer => index % 2 ? randomBytes(index * 7) : `${index} ${'x'.repeat(index * 3)}`)
  const received: NativeMessage[] = []
  const done = new Promise<void>(resolve => {
    channel.onmessage = ({ data }) => { if (received.push(typeof data === 'string' ? data : Buffer.from(data)) === messages.length) resolve() }
  })
  for (const message of messages) {
    channel.send(message)
    farChannel.send(message)
  }
  const [farReceived] = await Promise.all([farChannel.messages(messages.length), within(done, '500 messages')])
  t.ok(messages.every((message, index) => isEqual(message, received[index]!)), 'expected every message in order here')
  t.ok(messages.every((message, index) => isEqual(message, farReceived[index]!)), 'expected every message in order at the far end')
})

function isEqual (sent: string | Buffer, received: NativeMessage): boolean {
  return typeof sent === 'string' ? sent === received : Buffer.isBuffer(received) && sent.equals(received)
}

import t from 'tap'
import { readRtpPacket } from '../../examples/media/rtp-packet.js'
import { packetizeVp8, readVp8Size, Vp8Depacketizer, type Vp8Frame } from '../../examples/media/vp8.js'
import { rtp } from '../helpers/media.js'

/** The first bytes of a key frame of 640 x 480, as libvpx writes them: RFC 6386, 9.1. */
const KEY_FRAME = Buffer.from('5042009d012a8002e00100470885', 'hex')
const DELTA_FRAME = Buffer.from('b101000510', 'hex')

/** Of RFC 7741, 4.2, a start of a partition each: from one byte to all that there may be. */
const DESCRIPTORS: Record<string, string> = {
  'one byte': '10',
  'a picture id of 7 bits': '908017',
  'a picture id of 15 bits, as Chromium has it': '9080a617',
  'the index of the temporal layer': '904003',
  'a temporal layer id': '902040',
  'all of them': '90f0a617034a',
  'the same, of a picture that nothing refers to': 'b0f0a617034a'
}

interface Packet {
  /** In hexadecimal. */
  payload: string
  marker?: boolean
  sequenceNumber: number
  timestamp?: number
}

function depacketize (packets: Packet[]): { frames: Vp8Frame[], losses: number } {
  let losses = 0
  const depacketizer = new Vp8Depacketizer(() => { losses++ })
  const frames = packets.flatMap(({ payload, ...fields }) => depacketizer.push(readRtpPacket(rtp({ marker: true, ...fields, payload: Buffer.from(payload, 'hex') }))!))
  return { frames, losses }
}

const key = KEY_FRAME.toString('hex')
const delta = DELTA_FRAME.toString('hex')

for (const [name, descriptor] of Object.entries(DESCRIPTORS)) {
  t.test(`push -> a descriptor of ${name} -> the frame behind it`, async t => {
    t.same(depacketize([{ payload: descriptor + key, sequenceNumber: 1, timestamp: 3000 }]), { frames: [{ data: KEY_FRAME, timestamp: 3000, isKeyFrame: true }], losses: 0 })
  })
}

t.test('push -> a frame in three packets that overtake each other, and one more -> both whole', async t => {
  const parts = [key.slice(0, 10), key.slice(10, 20), key.slice(20)]
  const { frames, losses } = depacketize([
    { payload: `10${parts[0]}`, sequenceNumber: 65535, marker: false },
    { payload: `00${parts[2]}`, sequenceNumber: 1 },
    { payload: `00${parts[1]}`, sequenceNumber: 0, marker: false },
    { payload: `10${delta}`, sequenceNumber: 2 }
  ])
  t.same(frames.map(({ data }) => data), [KEY_FRAME, DELTA_FRAME])
  t.strictSame([frames.map(({ isKeyFrame }) => isKeyFrame), losses], [[true, false], 0])
})

t.test('push -> the start of a partition that is not the first -> a part of the frame', async t => {
  const { frames } = depacketize([{ payload: `10${key.slice(0, 20)}`, sequenceNumber: 1, marker: false }, { payload: `11${key.slice(20)}`, sequenceNumber: 2 }])
  t.same(frames.map(({ data }) => data), [KEY_FRAME])
})

t.test('push -> frames before the first key frame -> left out, and each says so', async t => {
  const { frames, losses } = depacketize([{ payload: `10${delta}`, sequenceNumber: 1 }, { payload: `10${delta}`, sequenceNumber: 2 }, { payload: `10${key}`, sequenceNumber: 3 }])
  t.strictSame([frames.length, losses], [1, 2])
})

t.test('push -> a packet that never comes -> nothing before the next key frame', async t => {
  const after = Array.from({ length: 70 }, (_, index) => ({ payload: `10${delta}`, sequenceNumber: 3 + index }))
  const { frames, losses } = depacketize([{ payload: `10${key}`, sequenceNumber: 1 }, ...after, { payload: `10${key}`, sequenceNumber: 73 }, { payload: `10${delta}`, sequenceNumber: 74 }])
  t.same(frames.map(({ isKeyFrame }) => isKeyFrame), [true, true, false])
  t.equal(losses, 70)
})

for (const [name, payload] of Object.entries({ nothing: '', 'a descriptor alone': '9080a617', 'half a descriptor': '90f0', 'the end of a frame': `00${key}`, 'a key frame without its start code': '10500000' })) {
  t.test(`push -> ${name} -> no frame`, async t => { t.same(depacketize([{ payload, sequenceNumber: 1 }]).frames, []) })
}

t.test('packetizeVp8 -> a large frame -> payloads that fit into packets, and the frame again', async t => {
  const frame = Buffer.concat([KEY_FRAME, Buffer.alloc(5000, 7)])
  const payloads = packetizeVp8(frame)
  t.strictSame(payloads.map(({ length }) => length), [1201, 1201, 1201, 1201, 215])
  t.strictSame(payloads.map(([descriptor]) => descriptor), [0x10, 0, 0, 0, 0])
  const { frames } = depacketize(payloads.map((payload, index) => ({ payload: Buffer.from(payload).toString('hex'), sequenceNumber: index, marker: index === 4 })))
  t.same(frames.map(({ data }) => data), [frame])
})

t.test('readVp8Size -> a key frame -> its size, without what says how to scale it', async t => {
  const scaled = Buffer.from(KEY_FRAME)
  scaled[7]! |= 0x40
  for (const frame of [KEY_FRAME, scaled]) t.strictSame(readVp8Size(frame), { width: 640, height: 480 })
})

t.test('push -> a frame without an end -> dropped after 1024 packets, and what follows waits for a key frame', async t => {
  const endless = Array.from({ length: 2000 }, (_, sequenceNumber): Packet => ({ payload: `${sequenceNumber === 0 ? '10' : '00'}${key}`, marker: false, sequenceNumber }))
  const { frames, losses } = depacketize([
    ...endless,
    { payload: '00ff', sequenceNumber: 2000 },
    { payload: `10${delta}`, sequenceNumber: 2001 },
    { payload: `10${key}`, sequenceNumber: 2002 }
  ])
  t.same(frames.map(({ data }) => data), [KEY_FRAME])
  t.equal(losses, 2)
})

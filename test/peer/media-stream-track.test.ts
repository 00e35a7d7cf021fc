import t from 'tap'
import { MediaStreamTrack } from '../../plugin/index.js'
import { supportedCodec, type RtpCodec } from '../../plugin/peer/rtp-codec.js'
import { readRtpHeader } from '../../plugin/peer/rtp-packet.js'
import { signal, within } from '../helpers/deadline.js'
import { nextOf, rtp } from '../helpers/media.js'

interface Sent {
  packet: Buffer
  codec: RtpCodec
}

function createSink () {
  const sent: Sent[] = []
  return { sent, sendRtp: (packet: Buffer, _header: unknown, codec: RtpCodec) => { sent.push({ packet, codec }) } }
}

function createRemote () {
  const requests: number[] = []
  const errors: unknown[] = []
  return { requests, errors, track: new MediaStreamTrack('video', {}, { onError: error => { errors.push(error) }, requestKeyFrame: () => { requests.push(1) } }) }
}

t.test('writeRtp -> a buffer, or a view of a part of one -> to every sink', async t => {
  const track = new MediaStreamTrack('video', { mimeType: 'video/h264' })
  const sinks = [createSink(), createSink()]
  for (const sink of sinks) track.addSink(sink)
  const packet = rtp()
  track.writeRtp(packet)
  track.writeRtp(new Uint8Array(packet).buffer)
  track.writeRtp(new DataView(packet.buffer, packet.byteOffset, packet.byteLength))
  for (const { sent } of sinks) {
    t.equal(sent.length, 3)
    for (const one of sent) t.strictSame([one.packet.toString('hex'), one.codec.mimeType], [packet.toString('hex'), 'video/H264'])
  }
  track.removeSink(sinks[0]!)
  track.writeRtp(packet)
  t.strictSame(sinks.map(({ sent }) => sent.length), [3, 4])
})

t.test('a far end\'s packet -> to every sink: itself where nobody listens, and a copy where somebody does or where it has an extension', async t => {
  const { track } = createRemote()
  const sink = createSink()
  track.addSink(sink)
  const receive = (packet: Buffer) => {
    track.receive(packet, readRtpHeader(packet)!, supportedCodec('video'))
    return sink.sent.at(-1)!.packet
  }
  const packet = rtp()
  t.equal(receive(packet), packet)
  const extended = Buffer.concat([rtp({ payload: '' }), Buffer.from([0xbe, 0xde, 0, 0]), Buffer.from('payload')])
  extended[0] = 0x90
  t.equal(receive(extended).toString('hex'), packet.toString('hex'))
  track.onrtp = () => {}
  t.not(receive(packet), packet)
  t.equal(receive(packet).toString('hex'), packet.toString('hex'))
})

t.test('writeRtp -> no packet -> a TypeError', async t => {
  const track = new MediaStreamTrack('audio')
  for (const packet of [Buffer.alloc(11), Buffer.alloc(20), Buffer.alloc(1441, 0x80), 'text', null]) {
    t.throws(() => track.writeRtp(packet as Buffer), { name: 'TypeError', message: 'writeRtp: expected an RTP packet of at most 1440 bytes' })
  }
  track.writeRtp(Buffer.alloc(1440, 0x80))
})

t.test('writeRtp -> a track that has ended, or a far end\'s -> an InvalidStateError', async t => {
  const track = new MediaStreamTrack('audio')
  const sink = createSink()
  track.addSink(sink)
  track.stop()
  track.stop()
  t.equal(track.readyState, 'ended')
  t.throws(() => track.writeRtp(rtp()), { name: 'InvalidStateError', message: /one that has ended/ })
  t.throws(() => createRemote().track.writeRtp(rtp()), { name: 'InvalidStateError', message: /a far end's/ })
  track.addSink(sink)
  t.strictSame(sink.sent, [])
})

t.test('MediaStreamTrack -> a kind or a codec that is not known -> a TypeError', async t => {
  t.throws(() => new MediaStreamTrack('text' as 'audio'), { name: 'TypeError', message: /expected audio or video/ })
  t.throws(() => new MediaStreamTrack('audio', { mimeType: 'audio/PCMU' }), { name: 'TypeError', message: /expected one of audio\/opus/ })
})

t.test('requestKeyFrame -> an event of the application\'s own track of video, a request to a far end', async t => {
  const track = new MediaStreamTrack('video')
  const event = nextOf(track, 'keyframerequest')
  track.requestKeyFrame()
  t.equal((await event).target, track)
  track.stop()
  track.onkeyframerequest = () => t.fail('it has ended')
  track.requestKeyFrame()
  const audio = new MediaStreamTrack('audio')
  audio.onkeyframerequest = () => t.fail('audio has no key frames')
  audio.requestKeyFrame()
  const remote = createRemote()
  remote.track.requestKeyFrame()
  t.equal(remote.requests.length, 1)
})

for (const [thrown, said] of [[new Error('mine'), 'mine'], ['text', 'text']]) {
  t.test(`a listener of the application's own track throws ${thrown} -> a warning, and the process goes on`, async t => {
    const { promise, resolve } = signal<Error>()
    const onWarning = (warning: Error) => { if (/keyframerequest/.test(warning.message)) resolve(warning) }
    process.on('warning', onWarning)
    t.teardown(() => process.off('warning', onWarning))
    const track = new MediaStreamTrack('video')
    track.onkeyframerequest = () => { throw thrown }
    track.requestKeyFrame()
    t.match(await within(promise, 'a warning'), { message: `a listener of keyframerequest failed: ${said}` })
  })
}

t.test('a far end\'s track -> packets, mute and end -> events, until it is stopped', async t => {
  const { track, errors } = createRemote()
  const events: string[] = []
  for (const type of ['rtp', 'mute', 'unmute', 'ended'] as const) track.addEventListener(type, () => events.push(type))
  t.equal(track.muted, true)
  track.setMuted(true)
  track.setMuted(false)
  const packet = rtp()
  const received = nextOf(track, 'rtp')
  track.receive(packet, readRtpHeader(packet)!, supportedCodec('video'))
  t.strictSame(Buffer.from((await received).packet), packet)
  const whole = Buffer.from(new Uint8Array(packet).buffer)
  const shared = nextOf(track, 'rtp')
  track.receive(whole, readRtpHeader(whole)!, supportedCodec('video'))
  t.equal((await shared).packet, whole.buffer, 'not copied where nobody else has a part of it')
  track.setMuted(true)
  track.end()
  track.end()
  track.receive(packet, readRtpHeader(packet)!, supportedCodec('video'))
  track.setMuted(false)
  t.strictSame(events, ['unmute', 'rtp', 'rtp', 'mute', 'ended'])
  t.strictSame(errors, [])
})

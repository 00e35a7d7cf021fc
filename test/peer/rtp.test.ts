import t, { type Test } from 'tap'
import native from 'node-datachannel'
import { MediaStreamTrack, type PeerConnection, type RtpTransceiver } from '../../plugin/index.js'
import { pictureLossIndication } from '../../plugin/peer/rtcp.js'
import { readRtpHeader } from '../../plugin/peer/rtp-packet.js'
import { within, signal } from '../helpers/deadline.js'
import { connectMedia, nextOf, packetsOf, PROBE, rtp } from '../helpers/media.js'
import { withoutCandidates } from '../helpers/native-peer.js'
import { block, createFarEnd, createPeer, next, untilState, type PeerUnderTest } from '../helpers/peers.js'
import type { PeerLimits } from '../../plugin/index.js'

interface Stream {
  caller: PeerConnection
  callee: PeerConnection
  source: MediaStreamTrack
  sending: RtpTransceiver
  receiving: RtpTransceiver
}

/** A track of the application's own, sent from one peer to another. */
async function connectStream (t: Test, source = new MediaStreamTrack('video'), configuration?: PeerLimits): Promise<Stream> {
  let sending!: RtpTransceiver
  const { caller, callee } = await connectMedia(t, (caller, callee) => {
    sending = caller.addTransceiver(source, { direction: 'sendonly' })
    callee.ontrack = () => {}
  }, configuration)
  return { caller, callee, source, sending, receiving: callee.getTransceivers()[0]! }
}

let untilReceivedCount = 0

/** The other end's track says that it is open a little later than the peer does. */
async function untilReceived ({ source, receiving }: Pick<Stream, 'source' | 'receiving'>): Promise<void> {
  const received = nextOf(receiving.receiver.track, 'rtp')
  const timer = setInterval(() => source.writeRtp(rtp({ sequenceNumber: untilReceivedCount++, payload: PROBE })), 10)
  await received.finally(() => clearInterval(timer))
}

t.test('writeRtp -> to a peer -> the packet, under the numbers that were negotiated', async t => {
  const stream = await connectStream(t)
  await untilReceived(stream)
  const { source, sending, receiving } = stream
  const received = packetsOf(receiving.receiver.track, 3)
  for (const sequenceNumber of [7, 8, 10]) source.writeRtp(rtp({ payloadType: 35, sequenceNumber, timestamp: sequenceNumber * 3000, marker: sequenceNumber === 8, ssrc: 77, payload: `frame ${sequenceNumber}` }))
  const headers = (await received).map(packet => ({ ...readRtpHeader(packet)!, marker: packet[1]! >> 7, text: packet.subarray(12).toString() }))
  const [first] = headers
  t.strictSame(headers.map(({ text, marker }) => [text, marker]), [['frame 7', 0], ['frame 8', 1], ['frame 10', 0]])
  t.strictSame(headers.map(({ sequenceNumber }) => (sequenceNumber - first!.sequenceNumber) & 0xffff), [0, 1, 3])
  t.strictSame(headers.map(({ timestamp }) => (timestamp - first!.timestamp) >>> 0), [0, 3000, 9000])
  t.ok(headers.every(({ payloadType, ssrc }) => payloadType === 96 && ssrc === first!.ssrc && ssrc !== 77))
  t.strictSame(sending.sender.getParameters().codecs.map(({ mimeType }) => mimeType), ['video/VP8', 'video/H264'])
  t.equal(stream.receiving.receiver.getParameters().codecs.length, 2)
})

t.test('replaceTrack -> another track -> numbers go on where those of the first ended; null -> nothing; H264 -> its payload type', async t => {
  const stream = await connectStream(t)
  await untilReceived(stream)
  const { source, sending: { sender }, receiving: { receiver: { track } } } = stream
  const received = packetsOf(track, 5)
  source.writeRtp(rtp({ sequenceNumber: untilReceivedCount + 100, timestamp: 2 ** 31 }))
  const other = new MediaStreamTrack('video', { mimeType: 'video/H264' })
  await sender.replaceTrack(other)
  await sender.replaceTrack(other)
  other.writeRtp(rtp({ sequenceNumber: 500, timestamp: 12345, ssrc: 2 }))
  other.writeRtp(rtp({ sequenceNumber: 502, timestamp: 12345, ssrc: 2 }))
  other.writeRtp(rtp({ sequenceNumber: 501, timestamp: 12345, ssrc: 2 }))
  await sender.replaceTrack(null)
  other.writeRtp(rtp({ sequenceNumber: 503, ssrc: 2 }))
  source.writeRtp(rtp({ sequenceNumber: 3 }))
  await sender.replaceTrack(source)
  source.writeRtp(rtp({ sequenceNumber: 4, timestamp: 1 }))
  const headers = (await received).map(packet => readRtpHeader(packet)!)
  t.strictSame(headers.map(({ sequenceNumber }) => (sequenceNumber - headers[0]!.sequenceNumber) << 16 >> 16), [0, 1, 3, 2, 4])
  t.strictSame(headers.map(({ payloadType }) => payloadType), [96, 103, 103, 103, 96])
  for (const [index, header] of headers.slice(1).entries()) {
    const ahead = (header.timestamp - headers[index]!.timestamp) | 0
    t.ok(ahead >= 0 && ahead < 90000, `timestamps go on, found ${ahead}`)
  }
})

t.test('replaceTrack -> what another peer receives -> arrives at a third, which gets a key frame at once', async t => {
  const source = new MediaStreamTrack('video')
  const first = await connectStream(t, source)
  await untilReceived(first)
  const asked = nextOf(source, 'keyframerequest')
  const second = await connectStream(t, first.receiving.receiver.track as MediaStreamTrack)
  await asked
  await untilReceived({ source, receiving: second.receiving })
  t.equal(second.sending.sender.track, first.receiving.receiver.track)
  first.caller.close()
  await next(first.callee, 'connectionstatechange')
})

t.test('requestKeyFrame -> over and over -> the far end\'s application is asked at most twice a second', async t => {
  const stream = await connectStream(t)
  await untilReceived(stream)
  const { source, receiving: { receiver } } = stream
  let asked = 0
  source.addEventListener('keyframerequest', () => asked++)
  const start = performance.now()
  for (let request = 0; request < 100; request++) receiver.requestKeyFrame()
  await nextOf(source, 'keyframerequest')
  await nextOf(source, 'keyframerequest')
  t.equal(asked, 2)
  t.ok(performance.now() - start > 300, 'the second one later')
})

t.test('requests for key frames by RTCP -> hundreds -> whoever makes the packets is asked at most twice a second', async t => {
  const source = new MediaStreamTrack('video')
  const raw = await connectRaw(t, ['video'], {}, source)
  let asked = 0
  source.addEventListener('keyframerequest', () => asked++)
  const { ssrc } = raw.peer.peerConnection.getTransceivers()[0]!.sender.sent
  const flood = () => { for (let count = 0; count < 20; count++) raw.send(Buffer.concat(Array.from({ length: 50 }, () => pictureLossIndication(1, ssrc)))) }
  const first = nextOf(source, 'keyframerequest')
  flood()
  await first
  const start = performance.now()
  const second = nextOf(source, 'keyframerequest')
  flood()
  await second
  t.equal(asked, 2)
  t.ok(performance.now() - start > 300, 'the second one later')
})

t.test('requestKeyFrame -> before anything has arrived, or of audio -> nothing', async t => {
  const stream = await connectStream(t, new MediaStreamTrack('audio'))
  const { source, receiving: { receiver } } = stream
  source.onkeyframerequest = () => t.fail('audio has none')
  receiver.requestKeyFrame()
  receiver.track.requestKeyFrame()
  t.equal(receiver.ssrc, undefined)
  await untilReceived(stream)
  receiver.requestKeyFrame()
  const received = packetsOf(receiver.track, 1)
  source.writeRtp(rtp({ sequenceNumber: untilReceivedCount + 10 }))
  await received
})

t.test('packets of a payload type or source that was not negotiated -> dropped; of an unnamed source -> by its payload type', async t => {
  const raw = await connectRaw(t, ['video'])
  const [track] = raw.tracks
  const received = packetsOf(track!, 1)
  raw.send(rtp({ payloadType: 50 }), rtp({ payloadType: 96, ssrc: 99, payload: 'meant' }))
  t.match((await received)[0]!.subarray(12).toString(), 'meant')
})

t.test('two tracks with the same payload types -> an unnamed source -> dropped', async t => {
  const raw = await connectRaw(t, ['video', 'video'])
  for (const track of raw.tracks) track.onrtp = () => t.fail('nobody knows whose it is')
  raw.send(rtp({ payloadType: 96, ssrc: 99 }))
  await raw.echo()
})

/** It has libdatachannel look for the end of the packet for ever, on the thread of all peers, when a native peer has any other number of tracks than one. */
t.test('an RTCP source description that is not well-formed -> to a peer with audio and video -> everything goes on', async t => {
  const raw = await connectRaw(t, ['audio', 'video', 'video'])
  raw.send(Buffer.from('81ca00030000000501ff414141414141', 'hex'))
  const received = packetsOf(raw.tracks[0]!, 1)
  raw.send(rtp({ payloadType: 111, ssrc: 99 }))
  await received
  await raw.echo()
})

t.test('RTP and RTCP that is none -> any bytes -> ignored', async t => {
  const raw = await connectRaw(t, ['audio', 'video'])
  for (let length = 8; length < 80; length++) {
    for (const type of [0, 96, 111, 200, 201, 202, 203, 205, 206, 207, 223, 255]) {
      try {
        raw.send(Buffer.from(Array.from({ length }, (_, index) => [0x80 + length % 64, type, 0, length % 24][index] ?? length * index * 7 & 0xff)))
      } catch {
        // Not even libsrtp takes it.
      }
    }
  }
  await raw.echo()
  t.equal(raw.peer.errors.length, 0)
  t.equal(raw.peer.peerConnection.connectionState, 'connected')
})

t.test('a far end that floods with packets -> more than it may -> its connection ends', async t => {
  for (const type of [111, 200, 255]) {
    const raw = await connectRaw(t, ['audio'], { maxMessagesPerSecond: 100 })
    const closed = untilState(raw.peer.peerConnection, 'closed')
    for (let sequenceNumber = 0; sequenceNumber < 300; sequenceNumber++) raw.send(rtp({ payloadType: type & 0x7f, sequenceNumber }).fill(type, 1, 2))
    await closed
    t.strictSame(raw.peer.exceeded, ['maxMessagesPerSecond'])
  }
})

t.test('a listener that is slow -> packets that would have to wait for long are dropped, and the connection goes on', async t => {
  const raw = await connectRaw(t, ['audio'], { maxQueuedAmount: 20000 })
  const [track] = raw.tracks
  let told = 0
  track!.onrtp = () => {
    told++
    block(15)
  }
  for (let sequenceNumber = 0; sequenceNumber < 400; sequenceNumber++) raw.send(rtp({ payloadType: 111, sequenceNumber, payload: Buffer.alloc(1000) }))
  await raw.echo()
  t.ok(told > 10 && told < 100, `found ${told}`)
  t.equal(raw.peer.peerConnection.connectionState, 'connected')
  t.strictSame(raw.peer.exceeded, [])
})

t.test('packets that the far end has lost -> sent again, not more than it may have', async t => {
  const source = new MediaStreamTrack('video')
  const raw = await connectRaw(t, ['video'], {}, source)
  const { ssrc } = raw.peer.peerConnection.getTransceivers()[0]!.sender.sent
  const packets = raw.packets
  const first = await raw.until(() => source.writeRtp(rtp({ sequenceNumber: 1, payload: 'lost' })), packet => packet.subarray(12).toString() === 'lost')
  const sequenceNumber = first.readUInt16BE(2)
  packets.length = 0
  const nack = Buffer.from('81cd000300000001000000000000ffff', 'hex')
  nack.writeUInt32BE(ssrc, 8)
  nack.writeUInt16BE(sequenceNumber, 12)
  // Twice is once for libsrtp at the other end: what counts is that it is there.
  raw.send(nack, pictureLossIndication(1, ssrc), pictureLossIndication(1, ssrc + 1))
  await nextOf(source, 'keyframerequest')
  for (let count = 0; count < 600; count++) raw.send(nack)
  await raw.echo()
  t.equal(raw.peer.peerConnection.connectionState, 'connected')
})

t.test('reports -> every second, of what is sent and received, and how much may be sent', async t => {
  const source = new MediaStreamTrack('video')
  const raw = await connectRaw(t, ['video'], {}, source)
  const { ssrc } = raw.peer.peerConnection.getTransceivers()[0]!.sender.sent
  const received = packetsOf(raw.tracks[0]!, 2)
  const senderReport = Buffer.alloc(28)
  senderReport.set([0x80, 200, 0, 6])
  senderReport.writeUInt32BE(5, 4)
  senderReport.writeUInt32BE(0xabcdef01, 10)
  raw.send(rtp({ payloadType: 96, ssrc: 5, sequenceNumber: 1 }), rtp({ payloadType: 96, ssrc: 5, sequenceNumber: 3 }))
  await received
  raw.send(senderReport)
  const timer = setInterval(() => source.writeRtp(rtp()), 20)
  t.teardown(() => clearInterval(timer))
  const report = await raw.until(() => {}, packet => packet[1] === 201 && packet.readUInt32BE(24) === 0xabcdef01)
  t.strictSame([report.readUInt32BE(8), report.readIntBE(13, 3), report.readUInt32BE(16)], [5, 1, 3])
  t.equal(report.subarray(32).toString('latin1', 12, 16), 'REMB')
  const sent = await raw.until(() => {}, packet => packet[1] === 200)
  t.equal(sent.readUInt32BE(4), ssrc)
  t.ok(sent.readUInt32BE(20) > 0)
  t.equal(sent[29], 202)
})

t.test('close -> while packets arrive -> tracks end, senders are silent', async t => {
  const stream = await connectStream(t)
  await untilReceived(stream)
  const { source, callee, receiving } = stream
  const ended = nextOf(receiving.receiver.track, 'ended')
  callee.close()
  await ended
  source.writeRtp(rtp())
  receiving.receiver.requestKeyFrame()
  await callee.release()
  source.writeRtp(rtp())
})

interface RawFarEnd {
  peer: PeerUnderTest
  /** Of the peer under test. */
  tracks: MediaStreamTrack[]
  /** Whatever its native track gets, RTP and RTCP. */
  packets: Buffer[]
  send: (...packets: Buffer[]) => void
  /** Settles when what was sent before has been heard. */
  echo: () => Promise<void>
  until: (again: () => void, is: (packet: Buffer) => boolean) => Promise<Buffer>
}

/** A far end that sends what it likes: a native peer, which answers with a track for each section. */
async function connectRaw (t: Test, kinds: ('audio' | 'video')[], limits: PeerLimits = {}, source?: MediaStreamTrack): Promise<RawFarEnd> {
  const farEnd = createFarEnd(t)
  const peer = createPeer(t, limits)
  const { peerConnection } = peer
  const natives: native.Track[] = []
  const packets: Buffer[] = []
  let onPacket = (_packet: Buffer) => {}
  farEnd.native.onTrack(track => {
    natives.push(track)
    track.onMessage(packet => {
      packets.push(packet)
      onPacket(packet)
    })
    track.onClosed(() => {})
  })
  t.teardown(() => natives.forEach(track => track.close()))
  for (const kind of kinds) peerConnection.addTransceiver(kind)
  if (source) await peerConnection.getTransceivers()[0]!.sender.replaceTrack(source)
  const channel = peerConnection.createDataChannel('echo', { negotiated: true, id: 0 })
  const farChannel = farEnd.createDataChannel('echo', { negotiated: true, id: 0 })
  peerConnection.setLocalDescription()
  const { sdp } = peerConnection.localDescription!
  const answer = farEnd.answer(withoutCandidates(sdp))
  peerConnection.setRemoteDescription({ type: 'answer', sdp: answer })
  farEnd.addCandidates(sdp)
  await Promise.all([farEnd.connected(), untilState(peerConnection, 'connected'), farChannel.opened()])
  channel.onmessage = ({ data }) => channel.send(data)
  let echoes = 0
  return {
    peer,
    packets,
    tracks: peerConnection.getTransceivers().map(({ receiver }) => receiver.track),
    send: (...sent) => { for (const packet of sent) natives[0]!.sendMessageBinary(packet) },
    echo: async () => {
      farChannel.send('echo')
      await farChannel.messages(++echoes)
    },
    until: async (again, is) => {
      const { promise, resolve } = signal<Buffer>()
      onPacket = packet => { if (is(packet)) resolve(packet) }
      const timer = setInterval(again, 20)
      return await within(promise, 'the packet').finally(() => clearInterval(timer))
    }
  }
}

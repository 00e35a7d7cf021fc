import t from 'tap'
import { Inbox } from '../../plugin/peer/inbox.js'
import { DEFAULT_PEER_LIMITS, type PeerLimit } from '../../plugin/peer/limits.js'
import type { NativeTrack } from '../../plugin/peer/native.js'
import { RtpTransport } from '../../plugin/peer/rtp-transport.js'
import { rtp } from '../helpers/media.js'
import { block } from '../helpers/peers.js'

/** A transport on a native track that is none. */
function createTransport ({ send = () => true, onRtp = () => {} }: { send?: () => boolean, onRtp?: () => void } = {}) {
  const offences: PeerLimit[] = []
  const defects: unknown[] = []
  const rtcp: Buffer[] = []
  let isClosed = false
  let receive = (_packet: Buffer) => {}
  const inbox = new Inbox({ ...DEFAULT_PEER_LIMITS, maxMessagesPerSecond: 100 }, limit => { offences.push(limit) }, error => defects.push(error))
  const track = {
    onMessage: (callback: (packet: Buffer) => void) => { receive = callback },
    onClosed: (callback: () => void) => callback(),
    sendMessageBinary: send,
    close: () => { isClosed = true }
  }
  const transport = new RtpTransport(track as unknown as NativeTrack, { inbox, onRtp, onRtcp: packet => { rtcp.push(packet) }, onDefect: error => defects.push(error) })
  return { transport, inbox, offences, defects, rtcp, receive: (packet: Buffer) => receive(packet), isClosed: () => isClosed }
}

t.test('send -> what the native side says, and false when it throws', async t => {
  t.equal(createTransport().transport.send(rtp()), true)
  t.equal(createTransport({ send: () => false }).transport.send(rtp()), false)
  t.equal(createTransport({ send: () => { throw new Error('Track is closed') } }).transport.send(rtp()), false)
})

t.test('receive -> what is no packet -> counts; RTCP beyond what may be sent -> is not heard', async t => {
  const { receive, offences, rtcp } = createTransport()
  for (let count = 0; count < 60; count++) receive(Buffer.alloc(5))
  t.strictSame(offences, [])
  for (let count = 0; count < 1000; count++) receive(Buffer.from([0x80, 200]))
  t.ok(offences.length > 0)
  t.ok(rtcp.length < 1000, `found ${rtcp.length}`)
})

t.test('receive -> RTCP behind packets that wait -> heard after them', async t => {
  const heard: string[] = []
  const { receive, rtcp, inbox } = createTransport({ onRtp: () => { heard.push(`after ${rtcp.length}`) } })
  block(15)
  for (const packet of [rtp(), rtp(), Buffer.from([0x80, 200])]) receive(packet)
  await new Promise<void>(resolve => { inbox.afterMessages(resolve) })
  t.strictSame(heard, ['after 0', 'after 0'])
  t.equal(rtcp.length, 1)
})

t.test('receive -> what throws -> a defect, and nothing else', async t => {
  const { receive, defects, inbox } = createTransport({ onRtp: () => { throw new Error('defect') } })
  receive(rtp())
  await new Promise<void>(resolve => { inbox.afterMessages(resolve) })
  t.match(defects, [{ message: 'defect' }])
  inbox.close()
  receive(rtp())
  t.equal(defects.length, 1)
})

t.test('release -> while packets are queued -> they are let go first', async t => {
  const { transport, receive, isClosed } = createTransport()
  let turns = 0
  const flood = () => {
    for (let count = 0; count < 999; count++) receive(Buffer.alloc(5))
    if (++turns < 3) setImmediate(flood)
  }
  const released = transport.release()
  flood()
  await new Promise(setImmediate)
  t.notOk(isClosed())
  await released
  t.ok(isClosed())
  t.equal(transport.send(rtp()), false)
})

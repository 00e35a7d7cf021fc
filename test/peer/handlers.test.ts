import t from 'tap'
import type { DataChannel } from '../../plugin/peer/data-channel.js'
import { DEFAULT_PEER_LIMITS } from '../../plugin/peer/limits.js'
import { PeerConnection } from '../../plugin/peer/peer-connection.js'
import { within } from '../helpers/deadline.js'
import { block, connectChannels, createFarEnd, createPeer, next, offer, untilState } from '../helpers/peers.js'

/** What a listener of an application does wrong. */
const HANDLERS: Record<string, { handle: () => unknown, isReported: boolean }> = {
  throws: { handle: () => { throw new Error('of the application') }, isReported: true },
  rejects: { handle: async () => { throw new Error('of the application') }, isReported: true },
  'is slow, without a promise': { handle: () => block(200), isReported: false },
  'is slow, with a promise that never settles': { handle: () => new Promise(() => {}), isReported: false }
}

const PEER_EVENTS = ['connectionstatechange', 'iceconnectionstatechange', 'icegatheringstatechange', 'signalingstatechange', 'datachannel'] as const
const CHANNEL_EVENTS = ['open', 'message', 'bufferedamountlow', 'closing', 'close', 'error'] as const

for (const [name, { handle, isReported }] of Object.entries(HANDLERS)) {
  for (const way of ['listener', 'handler property'] as const) {
    t.test(`every ${way} ${name}: ${isReported ? 'each event is reported' : 'nothing is reported'}, and the peer works to its end`, async t => {
      const farEnd = createFarEnd(t)
      const { peerConnection, errors } = createPeer(t)
      const misbehave = (target: PeerConnection | DataChannel, types: readonly string[]) => {
        for (const type of types) {
          if (way === 'handler property') Object.assign(target, { [`on${type}`]: handle })
          else (target as { addEventListener (type: string, listener: () => unknown): void }).addEventListener(type, handle)
        }
      }
      misbehave(peerConnection, PEER_EVENTS)
      const channel = peerConnection.createDataChannel('ours')
      const opened = next(channel, 'open')
      misbehave(channel, CHANNEL_EVENTS)

      offer(peerConnection, farEnd)
      await Promise.all([untilState(peerConnection, 'connected'), opened])
      const farChannel = await farEnd.channel('ours')
      const arrived = next(channel, 'message')
      farChannel.send('ping')
      t.equal((await arrived).data, 'ping')
      const sent = next(channel, 'bufferedamountlow')
      channel.send('pong')
      t.same(await farChannel.messages(1), ['pong'])
      await sent

      const announced = next(peerConnection, 'datachannel')
      farEnd.createDataChannel('theirs')
      misbehave((await announced).channel, CHANNEL_EVENTS)

      channel.dispatch({ type: 'error', target: channel, error: new Error('of the channel') })
      const closed = next(channel, 'close')
      farChannel.close()
      await closed
      await within(peerConnection.release(), 'the release')
      await new Promise(setImmediate)

      const reported = [...new Set(errors.map(({ where }) => where))].sort()
      t.same(reported, isReported ? [...PEER_EVENTS, ...CHANNEL_EVENTS].sort() : [])
      t.ok(errors.every(({ error }) => error instanceof Error && error.message === 'of the application'))
    })
  }
}

t.test('a message listener that throws does not keep the next message from the others', async t => {
  const { channel, farChannel, errors } = await connectChannels(t)
  const received: unknown[] = []
  channel.onmessage = () => { throw new Error('of the application') }
  const last = new Promise<void>(resolve => channel.addEventListener('message', ({ data }) => {
    if (received.push(data) === 3) resolve()
  }))
  for (const message of ['one', 'two', 'three']) farChannel.send(message)
  await within(last, 'three messages')
  t.same(received, ['one', 'two', 'three'])
  t.equal(errors.length, 3)
})

t.test('an error handler that throws does not end the process', async t => {
  const warned = new Promise<Error>(resolve => process.once('warning', resolve))
  const farEnd = createFarEnd(t)
  const peerConnection = new PeerConnection({ ...DEFAULT_PEER_LIMITS, bindAddress: '127.0.0.1' }, () => { throw new Error('of the error handler') })
  t.teardown(() => peerConnection.release())
  const channel = peerConnection.createDataChannel('channel')
  channel.onmessage = () => { throw new Error('of the application') }
  offer(peerConnection, farEnd)
  const farChannel = await farEnd.channel('channel')
  farChannel.send('message')
  t.match(await within(warned, 'a warning'), { message: /the error handler failed, in / })
})

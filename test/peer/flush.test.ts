import t from 'tap'
import type { DataChannel } from '../../plugin/peer/data-channel.js'
import { connectChannels, next } from '../helpers/peers.js'

const LARGE = new Uint8Array(64 * 1024)

const TRAFFIC: Record<string, { count: number, send: (channel: DataChannel) => void }> = {
  '20 messages of 64 KiB, more than SCTP takes at once': { count: 20, send: channel => channel.send(LARGE) },
  '200 small messages': { count: 200, send: channel => channel.send('small') },
  'one message': { count: 1, send: channel => channel.send('only') }
}

const CLOSES: Record<string, (channel: DataChannel, close: () => void) => unknown> = {
  'channel.close': channel => channel.close(),
  'channel.close and peerConnection.close right after': (channel, close) => {
    channel.close()
    close()
  },
  'channel.close and peerConnection.close in the next turn': async (channel, close) => {
    channel.close()
    await new Promise(setImmediate)
    close()
  },
  'channel.close and peerConnection.close in its close event': (channel, close) => {
    channel.onclose = close
    channel.close()
  },
  'channel.close when the buffer is empty, and peerConnection.close right after': async (channel, close) => {
    if (channel.bufferedAmount > 0) await next(channel, 'bufferedamountlow')
    t.equal(channel.bufferedAmount, 0)
    channel.close()
    close()
  }
}

t.jobs = 5

for (const [traffic, { count, send }] of Object.entries(TRAFFIC)) {
  for (const [name, close] of Object.entries(CLOSES)) {
    t.test(`${traffic}, then ${name}: all arrive`, { buffered: true }, async t => {
      const { channel, farChannel, peerConnection } = await connectChannels(t)
      for (let sent = 0; sent < count; sent++) send(channel)
      await close(channel, () => peerConnection.close())
      await farChannel.closed()
      t.equal(farChannel.received.length, count)
    })
  }
}

t.test('a threshold above what is queued does not keep a channel from closing', async t => {
  const { channel, farChannel } = await connectChannels(t)
  channel.bufferedAmountLowThreshold = 1024 * 1024
  for (let sent = 0; sent < 20; sent++) channel.send(LARGE)
  const closed = next(channel, 'close')
  channel.close()
  await Promise.all([closed, farChannel.closed()])
  t.equal(farChannel.received.length, 20)
})

t.test('what was sent on two channels that close arrives, whatever order they drain in', async t => {
  const { channel, farChannel, peerConnection, farEnd } = await connectChannels(t)
  const other = peerConnection.createDataChannel('other')
  await next(other, 'open')
  const farOther = await farEnd.channel('other')
  for (let sent = 0; sent < 10; sent++) {
    channel.send(LARGE)
    other.send(LARGE)
  }
  other.close()
  channel.close()
  peerConnection.close()
  await Promise.all([farChannel.closed(), farOther.closed()])
  t.same([farChannel.received.length, farOther.received.length], [10, 10])
})

import t from 'tap'
import type { DataChannel } from '../../plugin/peer/data-channel.js'
import { DEFAULT_PEER_LIMITS } from '../../plugin/peer/limits.js'
import { within } from '../helpers/deadline.js'
import { connectChannels, next, recordEvents } from '../helpers/peers.js'

const CHUNK = new Uint8Array(64 * 1024)

/** Sends chunks until the channel takes no more. At most 64 MiB, which no run of one turn can get rid of. */
function fill (channel: DataChannel): { sent: number, error?: unknown } {
  for (let sent = 0; sent < 1024; sent++) {
    try {
      channel.send(CHUNK)
    } catch (error) {
      return { sent, error }
    }
  }
  return { sent: 1024 }
}

/** Settles with the event that tells that so many bytes, or less, are waiting. One before may tell of an amount that has grown again since. */
async function isLow (channel: DataChannel, bytes: number): Promise<void> {
  do await next(channel, 'bufferedamountlow')
  while (channel.bufferedAmount > bytes)
}

t.test('send throws an OperationError when more than 1 MiB would be waiting, and what it took before arrives', async t => {
  const { channel, farChannel } = await connectChannels(t)
  const { sent, error } = fill(channel)
  t.match(error, { name: 'OperationError', message: /^send: \d+ bytes are waiting to be sent, 1048576 may$/ })
  t.ok(sent >= 16, `expected at least 1 MiB to be taken, found ${sent} chunks`)

  await isLow(channel, DEFAULT_PEER_LIMITS.maxBufferedAmount - 1)
  t.doesNotThrow(() => channel.send('the last'))
  const messages = await farChannel.messages(sent + 1)
  t.equal(messages.at(-1), 'the last')
})

t.test('bufferedAmount grows with each send and sinks to 0 when all has left', async t => {
  const { channel } = await connectChannels(t)
  t.equal(channel.bufferedAmount, 0)
  channel.send('four')
  t.equal(channel.bufferedAmount, 4)
  channel.send('é')
  t.equal(channel.bufferedAmount, 6)
  channel.send('')
  t.equal(channel.bufferedAmount, 6)
  await next(channel, 'bufferedamountlow')
  t.equal(channel.bufferedAmount, 0)
})

t.test('bufferedamountlow fires after every send that goes above the threshold', async t => {
  const { channel } = await connectChannels(t)
  for (let turn = 0; turn < 5; turn++) {
    const low = next(channel, 'bufferedamountlow')
    channel.send('message')
    await low
  }
})

t.test('bufferedamountlow does not fire for what stays at or below the threshold', async t => {
  const { channel, farChannel } = await connectChannels(t)
  const events = recordEvents(channel)
  channel.bufferedAmountLowThreshold = 7
  t.equal(channel.bufferedAmountLowThreshold, 7)
  channel.send('message')
  await farChannel.messages(1)
  t.same(events, [])
  const low = next(channel, 'bufferedamountlow')
  channel.send('messages')
  await low
})

t.test('bufferedamountlow fires when what is queued sinks to the threshold', async t => {
  const { channel } = await connectChannels(t)
  channel.bufferedAmountLowThreshold = 512 * 1024
  fill(channel)
  t.ok(channel.bufferedAmount > 512 * 1024)
  await isLow(channel, 512 * 1024)
})

t.test('a threshold that is set before the channel opens counts from then on', async t => {
  const { channel } = await connectChannels(t, channel => { channel.bufferedAmountLowThreshold = 512 * 1024 })
  fill(channel)
  await isLow(channel, 512 * 1024)
  t.equal(channel.bufferedAmountLowThreshold, 512 * 1024)
})

t.test('a file that is sent in the way of browsers, while bufferedAmount is small and again at bufferedamountlow, arrives whole', async t => {
  const { channel, farChannel } = await connectChannels(t)
  const count = 200
  let sent = 0
  let most = 0
  channel.bufferedAmountLowThreshold = 128 * 1024
  const send = () => {
    while (sent < count && channel.bufferedAmount < 512 * 1024) {
      channel.send(CHUNK)
      sent++
      most = Math.max(most, channel.bufferedAmount)
    }
  }
  channel.onbufferedamountlow = send
  send()
  t.ok(sent < count, 'expected the loop to end before the file does')
  await farChannel.messages(count)
  t.equal(sent, count)
  t.ok(most <= 576 * 1024, `expected no more than one chunk beyond 512 KiB, found ${most}`)
})

t.test('a file that is sent a chunk at each bufferedamountlow arrives whole', async t => {
  const { channel, farChannel } = await connectChannels(t)
  let sent = 0
  channel.onbufferedamountlow = () => { if (sent++ < 50) channel.send(CHUNK) }
  channel.send(CHUNK)
  await farChannel.messages(51)
})

t.test('bufferedamountlow does not fire on a channel that is closed meanwhile', async t => {
  const { channel, farChannel } = await connectChannels(t)
  const events = recordEvents(channel)
  channel.send('message')
  const closed = next(channel, 'close')
  channel.close()
  await Promise.all([closed, farChannel.closed()])
  t.same(events, ['close closed'])
})

t.test('the threshold of a channel that has closed can be set without consequences', async t => {
  const { channel, peerConnection } = await connectChannels(t)
  peerConnection.close()
  await within(peerConnection.release(), 'the release')
  t.doesNotThrow(() => { channel.bufferedAmountLowThreshold = 7 })
  t.equal(channel.bufferedAmount, 0)
})

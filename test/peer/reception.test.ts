import t from 'tap'
import { Reception } from '../../plugin/peer/reception.js'

function receive (sequenceNumbers: number[], times: number[] = [], timestamps: number[] = []): Reception {
  const reception = new Reception({ ssrc: 1, sequenceNumber: sequenceNumbers[0]! }, 90000)
  sequenceNumbers.forEach((sequenceNumber, index) => reception.add({ sequenceNumber, timestamp: timestamps[index] ?? index * 900 }, times[index] ?? index * 10))
  return reception
}

t.test('report -> every packet in time -> nothing lost, no jitter', async t => {
  t.strictSame(receive([5, 6, 7]).report(1000), { ssrc: 1, fractionLost: 0, lost: 0, highestSequenceNumber: 7, jitter: 0, lastSenderReport: 0, delay: 0 })
})

t.test('report -> packets that are missing -> lost, the fraction since the last report', async t => {
  const reception = receive([10, 12, 13, 11, 15, 17])
  t.match(reception.report(0), { lost: 2, fractionLost: 64, highestSequenceNumber: 17 })
  reception.add({ sequenceNumber: 18, timestamp: 0 }, 0)
  t.match(reception.report(0), { lost: 2, fractionLost: 0, highestSequenceNumber: 18 })
  t.match(reception.report(0), { lost: 2, fractionLost: 0 }, 'nothing since')
})

t.test('report -> packets twice -> less than nothing lost, no fraction', async t => {
  t.match(receive([1, 1, 1, 2]).report(0), { lost: -2, fractionLost: 0, highestSequenceNumber: 2 })
})

t.test('report -> sequence numbers that wrap -> counted on', async t => {
  t.match(receive([65534, 65535, 0, 2]).report(0), { lost: 1, highestSequenceNumber: 0x10002 })
})

t.test('report -> packets that come late -> jitter; timestamps that wrap -> none', async t => {
  const { jitter } = receive([1, 2, 3], [0, 30, 20])!.report(0)
  t.ok(jitter > 100 && jitter < 400, `found ${jitter}`)
  t.equal(receive([1, 2, 3], [0, 10, 20], [2 ** 32 - 900, 0, 900]).report(0).jitter, 0)
})

t.test('report -> after a report of the sender -> which one, and how long ago', async t => {
  const reception = receive([1])
  reception.senderReported(0xabcdef, 500)
  t.match(reception.report(2000), { lastSenderReport: 0xabcdef, delay: 1.5 })
})

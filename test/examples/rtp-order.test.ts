import t from 'tap'
import { RtpOrder } from '../../examples/media/rtp-order.js'
import { readRtpPacket } from '../../examples/media/rtp-packet.js'
import { rtp } from '../helpers/media.js'

/** What comes out, each number with `!` after a gap. */
function order (numbers: number[], { ssrcs = [], patience }: { ssrcs?: number[], patience?: number } = {}): string[] {
  const ordered = new RtpOrder(patience)
  return numbers
    .flatMap((sequenceNumber, index) => ordered.push(readRtpPacket(rtp({ sequenceNumber, ssrc: ssrcs[index] ?? 1 }))!))
    .map(({ packet, isAfterGap }) => `${packet.sequenceNumber}${isAfterGap ? '!' : ''}`)
}

function range (from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}

const CASES: Record<string, [numbers: number[], ordered: string[]]> = {
  'in order, over the end of the numbers': [[65534, 65535, 0, 1], ['65534', '65535', '0', '1']],
  'two that overtook another': [[1, 3, 4, 2, 5], ['1', '2', '3', '4', '5']],
  'one twice, and one from before the first': [[5, 6, 6, 5, 4, 7], ['5', '6', '7']],
  'one that never comes': [[1, ...range(3, 67)], ['1', '3!', ...range(4, 67).map(String)]],
  'one that comes when it was given up': [[1, ...range(3, 67), 2, 68], ['1', '3!', ...range(4, 68).map(String)]],
  'two that never come, over the end of the numbers': [[65535, ...range(2, 66)], ['65535', '2!', ...range(3, 66).map(String)]]
}

for (const [name, [numbers, ordered]] of Object.entries(CASES)) {
  t.test(`push -> ${name} -> in order`, async t => { t.strictSame(order(numbers), ordered) })
}

t.test('push -> another source -> after a gap, and nothing of the one before', async t => {
  t.strictSame(order([1, 3, 900, 901], { ssrcs: [1, 1, 2, 2] }), ['1', '900!', '901'])
})

t.test('push, with no patience -> none waits, and one that was overtaken is left out', async t => {
  t.strictSame(order([1, 2, 5, 3, 4, 5, 6], { patience: 0 }), ['1', '2', '5!', '6'])
})

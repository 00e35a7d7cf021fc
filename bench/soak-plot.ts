import { plot, type Point } from './plot.js'
import type { Sample } from './soak-server.js'
import { percentile } from './statistics.js'

interface SoakPanel {
  title: string
  lines: { name: string, values: (sample: Sample) => number, of?: 'median' | 'largest' }[]
}

const MB = 1024 * 1024

const PANELS: SoakPanel[] = [
  { title: 'Memory, MB', lines: [{ name: 'RSS', values: ({ rss }) => rss / MB }, { name: 'of it not V8\'s heap', values: ({ rss, heapTotal }) => (rss - heapTotal) / MB }, { name: 'heap in use', values: ({ heap }) => heap / MB }] },
  { title: 'File descriptors and threads', lines: [{ name: 'file descriptors', values: ({ fileDescriptors }) => fileDescriptors }, { name: 'threads', values: ({ threads }) => threads }] },
  {
    title: 'Connections',
    lines: [{ name: 'in the registry', values: ({ connections }) => connections }, { name: 'native peers', values: ({ live }) => live }, { name: 'pending', values: ({ pending }) => pending }]
  },
  {
    title: 'Lateness of the event loop within a second, ms',
    lines: [{ name: 'largest', values: ({ delayMax }) => delayMax, of: 'largest' }, { name: 'p99', values: ({ delayP99 }) => delayP99 }]
  }
]

/** A line has at most so many points, each of several samples. */
const POINTS = 360

/** What a soak has measured, over time. */
export function plotSoak (samples: readonly Sample[], title: string): string {
  return plot(title, 'Time, minutes', PANELS.map(({ title, lines }) => ({
    title,
    lines: lines.map(({ name, values, of }) => ({ name, points: reduce(samples, values, of) }))
  })))
}

/** Neighbouring samples as one point. */
function reduce (samples: readonly Sample[], values: (sample: Sample) => number, of: 'median' | 'largest' = 'median'): Point[] {
  const size = Math.ceil(samples.length / POINTS)
  const first = samples[0]!.time
  return Array.from({ length: Math.ceil(samples.length / size) }, (_, index) => {
    const some = samples.slice(index * size, (index + 1) * size)
    const x = (some[Math.floor(some.length / 2)]!.time - first) / 60
    return { x, y: percentile(some.map(values), of === 'median' ? 50 : 100) }
  })
}

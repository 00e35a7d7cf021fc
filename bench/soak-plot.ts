import type { Sample } from './soak-server.js'

/** Lines that share a scale, which begins at 0. */
interface Panel {
  title: string
  lines: { name: string, values: (sample: Sample) => number, of?: 'median' | 'largest' }[]
}

const MB = 1024 * 1024

const PANELS: Panel[] = [
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

/** In pixels. */
const WIDTH = 920
const LEFT = 56
const RIGHT = 150
const TOP = 60
const PANEL = 130
const GAP = 46
const BOTTOM = 44
const LINE_HEIGHT = 15

/** A line has at most so many points, each of several samples. */
const POINTS = 360

const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #3d444d }
  .title { font-size: 15px; font-weight: 600; fill: #1f2328 }
  .panel { font-weight: 600; fill: #1f2328 }
  .page { fill: #ffffff }
  .grid { stroke: #d8dee4; stroke-width: 1 }
  polyline { fill: none; stroke-width: 1.5; stroke-linejoin: round }
  .l0 { stroke: #0757ba } text.l0 { fill: #0757ba }
  .l1 { stroke: #b35900 } text.l1 { fill: #b35900 }
  .l2 { stroke: #12753a } text.l2 { fill: #12753a }
  text { stroke: none !important }
  @media (prefers-color-scheme: dark) {
    text { fill: #c3ccd5 }
    .title, .panel { fill: #f0f6fc }
    .page { fill: #0d1117 }
    .grid { stroke: #30363d }
    .l0 { stroke: #6cb0ff } text.l0 { fill: #6cb0ff }
    .l1 { stroke: #f0a050 } text.l1 { fill: #f0a050 }
    .l2 { stroke: #56c271 } text.l2 { fill: #56c271 }
  }
`

/** What a soak has measured, over time: an SVG that is readable on light and on dark pages. */
export function plotSoak (samples: readonly Sample[], title: string): string {
  const height = TOP + PANELS.length * (PANEL + GAP) - GAP + BOTTOM
  const parts = PANELS.map((panel, index) => drawPanel(panel, samples, TOP + index * (PANEL + GAP)))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    `<title>${title}</title>`,
    `<style>${STYLE}</style>`,
    `<rect class="page" width="${WIDTH}" height="${height}"/>`,
    text(LEFT, 24, title, 'class="title"'),
    ...parts,
    text((LEFT + WIDTH - RIGHT) / 2, height - 8, 'Time, minutes', 'text-anchor="middle"'),
    '</svg>',
    ''
  ].join('\n')
}

function drawPanel ({ title, lines }: Panel, samples: readonly Sample[], top: number): string {
  const first = samples[0]!.time
  const minutes = (samples.at(-1)!.time - first) / 60
  const curves = lines.map(({ values, of }) => reduce(samples, values, of))
  const ticks = createTicks(Math.max(...curves.flat().map(({ value }) => value)), 3)
  const x = (time: number) => LEFT + (time - first) / 60 / minutes * (WIDTH - LEFT - RIGHT)
  const y = (value: number) => top + PANEL * (1 - value / ticks.at(-1)!)

  const grid = ticks.map(value => `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(value)}" y2="${y(value)}"/>${text(LEFT - 8, y(value) + 4, String(value), 'text-anchor="end"')}`)
  const times = createTicks(minutes, 6).filter(value => value <= minutes * 1.01).map(value => text(x(first + value * 60), top + PANEL + 17, String(value), 'text-anchor="middle"'))
  const drawn = curves.map((points, index) => `<polyline class="l${index}" points="${points.map(({ time, value }) => `${x(time).toFixed(1)},${y(value).toFixed(1)}`).join(' ')}"/>`)
  const heights = spread(curves.map(points => y(points.at(-1)!.value)))
  const names = lines.map(({ name }, index) => text(WIDTH - RIGHT + 8, heights[index]! + 4, name, `class="l${index}"`))
  return [text(LEFT, top - 10, title, 'class="panel"'), ...grid, ...times, ...drawn, ...names].join('\n')
}

/** Neighbouring samples as one point. */
function reduce (samples: readonly Sample[], values: (sample: Sample) => number, of: 'median' | 'largest' = 'median'): { time: number, value: number }[] {
  const size = Math.ceil(samples.length / POINTS)
  return Array.from({ length: Math.ceil(samples.length / size) }, (_, index) => {
    const some = samples.slice(index * size, (index + 1) * size)
    const sorted = some.map(values).sort((a, b) => a - b)
    return { time: some[Math.floor(some.length / 2)]!.time, value: sorted[of === 'median' ? Math.floor(sorted.length / 2) : sorted.length - 1]! }
  })
}

/** Round numbers from 0 to beyond the largest, in about so many steps. */
function createTicks (largest: number, steps: number): number[] {
  const rough = (largest || 1) / steps
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * [1, 2, 5, 10].find(factor => power * factor >= rough)!
  return Array.from({ length: Math.ceil((largest || 1) / step) + 1 }, (_, index) => Number((index * step).toPrecision(6)))
}

/** Heights of texts, moved up or down where they would overlap; in the order they came in. */
function spread (heights: readonly number[]): number[] {
  const spread = [...heights]
  const order = heights.map((_, index) => index).sort((a, b) => heights[a]! - heights[b]!)
  // From the lowest up: what stands below has its place.
  for (let rank = order.length - 2; rank >= 0; rank--) spread[order[rank]!] = Math.min(spread[order[rank]!]!, spread[order[rank + 1]!]! - LINE_HEIGHT)
  return spread
}

function text (x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${content}</text>`
}

/** A point of a line: x of the axis that all panels share, y of its panel's scale. */
export interface Point { x: number, y: number }

/** Lines that share a scale, which begins at 0. */
export interface Panel {
  title: string
  lines: { name: string, points: readonly Point[] }[]
}

/** In pixels. */
const WIDTH = 920
const LEFT = 56
const RIGHT = 150
const TOP = 60
const PANEL = 130
const GAP = 46
const BOTTOM = 44
const LINE_HEIGHT = 15

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

/** An SVG that is readable on light and on dark pages. */
export function plot (title: string, axis: string, panels: readonly Panel[]): string {
  const height = TOP + panels.length * (PANEL + GAP) - GAP + BOTTOM
  const parts = panels.map((panel, index) => drawPanel(panel, TOP + index * (PANEL + GAP)))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    `<title>${title}</title>`,
    `<style>${STYLE}</style>`,
    `<rect class="page" width="${WIDTH}" height="${height}"/>`,
    text(LEFT, 24, title, 'class="title"'),
    ...parts,
    text((LEFT + WIDTH - RIGHT) / 2, height - 8, axis, 'text-anchor="middle"'),
    '</svg>',
    ''
  ].join('\n')
}

function drawPanel ({ title, lines }: Panel, top: number): string {
  const all = lines.flatMap(({ points }) => points)
  const largest = Math.max(...all.map(({ x }) => x))
  const ticks = createTicks(Math.max(...all.map(({ y }) => y)), 3)
  const across = (x: number) => LEFT + x / largest * (WIDTH - LEFT - RIGHT)
  const down = (y: number) => top + PANEL * (1 - y / ticks.at(-1)!)

  const grid = ticks.map(y => `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${down(y)}" y2="${down(y)}"/>${text(LEFT - 8, down(y) + 4, String(y), 'text-anchor="end"')}`)
  const below = createTicks(largest, 6).filter(x => x <= largest * 1.01).map(x => text(across(x), top + PANEL + 17, String(x), 'text-anchor="middle"'))
  const drawn = lines.map(({ points }, index) => `<polyline class="l${index}" points="${points.map(({ x, y }) => `${across(x).toFixed(1)},${down(y).toFixed(1)}`).join(' ')}"/>`)
  const heights = spread(lines.map(({ points }) => down(points.at(-1)!.y)))
  const names = lines.map(({ name }, index) => text(WIDTH - RIGHT + 8, heights[index]! + 4, name, `class="l${index}"`))
  return [text(LEFT, top - 10, title, 'class="panel"'), ...grid, ...below, ...drawn, ...names].join('\n')
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

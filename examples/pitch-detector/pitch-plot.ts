import { Drawing } from '../frame/browser/drawing.js'
import { element } from '../frame/browser/element.js'

/** How long a pitch is shown, in milliseconds. */
const TIME = 8000

const LOWEST = 80
const HIGHEST = 2200
/** The A of each octave. */
const LINES = [110, 220, 440, 880, 1760]

interface Point {
  time: number
  pitch: number | undefined
}

/** The last seconds of pitches, of which there are several to compare: time to the right, octaves upwards. */
export class PitchPlot {
  readonly element: HTMLElement
  readonly #drawing: Drawing
  readonly #series: Point[][]

  /** A name for each of those to compare, the last in front. */
  constructor (...names: string[]) {
    this.#series = names.map(() => [])
    this.#drawing = new Drawing(`The last seconds: ${names.join(', ')}`, (context, size) => this.#draw(context, size))
    this.#drawing.element.classList.add('plot')
    const legend = names.map((name, index) => element('li', { className: `series-${index}` }, name))
    this.element = element('figure', { className: 'wide' }, this.#drawing.element, element('ul', { className: 'legend' }, ...legend))
  }

  /** Undefined leaves a gap. */
  add (index: number, pitch: number | undefined): void {
    const points = this.#series[index]!
    const time = performance.now()
    points.push({ time, pitch })
    while (points[0]!.time < time - TIME) points.shift()
  }

  update (): void {
    this.#drawing.update()
  }

  clear (): void {
    for (const points of this.#series) points.length = 0
    this.update()
  }

  #draw (context: CanvasRenderingContext2D, { width, height }: { width: number, height: number }): void {
    const style = getComputedStyle(this.#drawing.element)
    const toY = (pitch: number) => height * (1 - Math.log(pitch / LOWEST) / Math.log(HIGHEST / LOWEST))
    context.fillStyle = style.getPropertyValue('--muted')
    context.strokeStyle = style.getPropertyValue('--border')
    context.font = '12px system-ui, sans-serif'
    for (const pitch of LINES) {
      const y = toY(pitch)
      context.beginPath()
      context.moveTo(0, y)
      context.lineTo(width, y)
      context.stroke()
      context.fillText(`${pitch} Hz`, 8, y - 5)
    }

    const now = performance.now()
    context.lineJoin = 'round'
    for (const [index, points] of this.#series.entries()) {
      const isFirst = index === 0
      context.strokeStyle = style.getPropertyValue(isFirst ? '--muted' : '--accent')
      // What is behind is seen beside what is in front.
      context.lineWidth = isFirst ? 7 : 2.5
      context.globalAlpha = isFirst ? 0.4 : 1
      context.beginPath()
      let isDrawing = false
      for (const { time, pitch } of points) {
        const isSeen = pitch !== undefined && pitch >= LOWEST && pitch <= HIGHEST
        if (isSeen) {
          const x = width * (1 - (now - time) / TIME)
          if (isDrawing) context.lineTo(x, toY(pitch))
          else context.moveTo(x, toY(pitch))
        }
        isDrawing = isSeen
      }
      context.stroke()
    }
  }
}

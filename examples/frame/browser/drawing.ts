import { element } from './element.js'

/** In CSS pixels. */
export type Draw = (context: CanvasRenderingContext2D, size: { width: number, height: number }) => void

/** As wide as there is room, as sharp as the screen, and drawn anew when either changes. */
export class Drawing {
  readonly element = element('canvas', { className: 'panel', role: 'img' })
  readonly #context = this.element.getContext('2d')!
  readonly #draw: Draw

  /** The name says what there is to see. */
  constructor (name: string, draw: Draw) {
    this.element.ariaLabel = name
    this.#draw = draw
    new ResizeObserver(() => this.update()).observe(this.element)
  }

  update (): void {
    const { clientWidth: width, clientHeight: height } = this.element
    this.element.width = Math.max(1, Math.round(width * devicePixelRatio))
    this.element.height = Math.max(1, Math.round(height * devicePixelRatio))
    this.#context.scale(devicePixelRatio, devicePixelRatio)
    this.#draw(this.#context, { width, height })
  }
}

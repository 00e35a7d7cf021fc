import type { SKRSContext2D } from '@napi-rs/canvas'

/** Of the width of the picture. */
const TEXT_WIDTH = 0.6

/** Turns in a second, of the text and of its colours. */
const SPEED = 0.1

/** In the middle of the picture. */
export function drawText (context: SKRSContext2D, text: string, seconds: number): void {
  const { width, height } = context.canvas
  context.save()
  context.translate(width / 2, height / 2)
  context.rotate(seconds * SPEED * 2 * Math.PI)
  context.font = 'bold 100px sans-serif'
  const size = 100 * TEXT_WIDTH * Math.min(width, height * 4 / 3) / context.measureText(text).width
  context.font = `bold ${size}px sans-serif`
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  context.lineJoin = 'round'
  context.lineWidth = size / 6
  context.strokeStyle = 'black'
  context.fillStyle = `hsl(${(seconds * SPEED * 360) % 360} 100% 60%)`
  context.strokeText(text, 0, 0)
  context.fillText(text, 0, 0)
  context.restore()
}

/** A sound between left and right, as loud in every place: what one channel has more, the other has less. */
export class Panner {
  #panning = 50
  #gains = gainsOf(50)

  get panning (): number {
    return this.#panning
  }

  /** From 0, which is left, to 100, which is right. Throws a RangeError for what is not between them. */
  set panning (panning: number) {
    if (!(panning >= 0 && panning <= 100)) throw new RangeError('expected a panning from 0 to 100')
    this.#panning = panning
  }

  /** Both channels, of what the left one has. A change is spread over the samples, so that nothing clicks. */
  pan (left: Float32Array, right: Float32Array): void {
    const from = this.#gains
    const to = this.#gains = gainsOf(this.#panning)
    for (let index = 0; index < left.length; index++) {
      const part = (index + 1) / left.length
      const sample = left[index]!
      left[index] = sample * (from.left + part * (to.left - from.left))
      right[index] = sample * (from.right + part * (to.right - from.right))
    }
  }
}

/** The sum of their squares is 1. */
function gainsOf (panning: number): { left: number, right: number } {
  const angle = panning / 100 * Math.PI / 2
  return { left: Math.cos(angle), right: Math.sin(angle) }
}

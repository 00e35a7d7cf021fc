/** The last so many samples of those that come. */
export class SlidingWindow {
  readonly samples: Float32Array

  constructor (size: number) {
    this.samples = new Float32Array(size)
  }

  add (samples: Float32Array): void {
    const added = samples.subarray(Math.max(0, samples.length - this.samples.length))
    this.samples.copyWithin(0, added.length)
    this.samples.set(added, this.samples.length - added.length)
  }
}

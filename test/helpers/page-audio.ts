import type { Page } from 'playwright-core'

declare class MediaStreamTrackProcessor<Data> {
  constructor (init: { track: MediaStreamTrack })
  readonly readable: ReadableStream<Data>
}

/** A number that the page shows, by its id; of two, how much more the first is. */
type Shown = [id: string] | [id: string, other: string]

/** What the page shows, once it is within the range: the median of 15 frames that show something, the last ones where it never is. */
export async function untilShown (page: Page, shown: Shown, { from, to }: { from: number, to: number }): Promise<number> {
  return await page.evaluate(async ({ ids, from, to }) => {
    const found: number[] = []
    const until = performance.now() + 15_000
    for (;;) {
      const [value, other = 0] = ids.map(id => parseFloat(document.getElementById(id)!.textContent!))
      if (!Number.isNaN(value! - other)) found.push(value! - other)
      const median = found.slice(-15).sort((a, b) => a - b)[7]
      if (median !== undefined && median >= from && median <= to) return median
      if (performance.now() > until) return median ?? NaN
      await new Promise(requestAnimationFrame)
    }
  }, { ids: shown as string[], from, to })
}

/** What is within so much of it. */
export function around (value: number, tolerance: number): { from: number, to: number } {
  return { from: value - tolerance, to: value + tolerance }
}

/** The largest step between two samples of what arrives in the next 400 ms, from -1 to 1. A wave that breaks off has a large one. */
export async function largestStep (page: Page): Promise<number> {
  return await page.evaluate(async () => {
    const track = (document.querySelector('audio')!.srcObject as MediaStream).getAudioTracks()[0]!.clone()
    // Every sample, where an analyser is only asked for some.
    const { readable } = new MediaStreamTrackProcessor<AudioData>({ track })
    const reader = readable.getReader()
    let largest = 0
    let heard = 0
    let last: { sample: number, end: number } | undefined
    while (heard < 400_000) {
      const { value: data } = await reader.read()
      const samples = new Float32Array(data!.numberOfFrames)
      data!.copyTo(samples, { planeIndex: 0, format: 'f32-planar' })
      // A page that is busy is not given all of it.
      if (last && Math.abs(data!.timestamp - last.end) < 1000) largest = Math.max(largest, Math.abs(samples[0]! - last.sample))
      for (let index = 1; index < samples.length; index++) largest = Math.max(largest, Math.abs(samples[index]! - samples[index - 1]!))
      last = { sample: samples.at(-1)!, end: data!.timestamp + data!.duration }
      heard += data!.duration
      data!.close()
    }
    track.stop()
    return largest
  })
}

/** Moves a slider of the page, as its visitor does. */
export async function slide (page: Page, name: string, value: number): Promise<void> {
  await page.getByRole('slider', { name }).fill(String(value))
}

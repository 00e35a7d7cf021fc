import type { Browser, Page } from 'playwright-core'
import type { Test } from 'tap'
import { openPage } from './demo.js'

declare global {
  interface Window {
    /** Every peer that the page has made. */
    peers: RTCPeerConnection[]
    /** Every track that a camera or a microphone has given it. */
    deviceTracks: MediaStreamTrack[]
    pictures: {
      /** The colours of a picture, in a grid of cells, row by row, each red, green and blue. */
      read: (video: HTMLVideoElement) => number[][]
      /** 0 to 255 on the average. */
      difference: (one: number[][], other: number[][]) => number
    }
  }
}

/** A page of an example, whose peers and devices are kept for the test to look at. */
export async function openMediaPage (t: Test, browser: Browser, url: string, prepare?: (page: Page) => Promise<unknown>): Promise<{ page: Page, errors: string[] }> {
  const opened = await openPage(t, browser, 'about:blank')
  await opened.page.addInitScript(() => {
    window.peers = []
    window.deviceTracks = []
    window.RTCPeerConnection = class extends RTCPeerConnection {
      constructor (configuration?: RTCConfiguration) {
        super(configuration)
        window.peers.push(this)
      }
    }
    const { mediaDevices } = navigator
    const getUserMedia = mediaDevices.getUserMedia.bind(mediaDevices)
    mediaDevices.getUserMedia = async constraints => {
      const stream = await getUserMedia(constraints)
      window.deviceTracks.push(...stream.getTracks())
      return stream
    }
  })
  await opened.page.addInitScript(readPictures)
  await prepare?.(opened.page)
  await opened.page.goto(url)
  return opened
}

/** What the statistics of the page's last peer say of what arrives. Settles when it has grown by more than this. */
async function readInbound (page: Page, kind: 'audio' | 'video', name: 'framesDecoded' | 'totalAudioEnergy', growth: number): Promise<{ difference: number, milliseconds: number }> {
  return await page.evaluate(async ([kind, name, growth]) => {
    const read = async () => {
      const all = [...(await window.peers.at(-1)!.getStats() as unknown as Map<string, RTCInboundRtpStreamStats>).values()]
      return all.filter(stats => stats.type === 'inbound-rtp' && stats.kind === kind).at(-1)?.[name] ?? 0
    }
    const [before, start] = [await read(), performance.now()]
    for (;;) {
      const difference = await read() - before
      if (difference > growth) return { difference, milliseconds: performance.now() - start }
      await new Promise(requestAnimationFrame)
    }
  }, [kind, name, growth] as const)
}

/** Frames that are decoded in a second, from now until there were so many. */
export async function frameRate (page: Page, frames = 30): Promise<number> {
  const { difference, milliseconds } = await readInbound(page, 'video', 'framesDecoded', frames)
  return difference / milliseconds * 1000
}

/** Settles when something is heard from now on. */
export async function isHeard (page: Page): Promise<void> {
  await readInbound(page, 'audio', 'totalAudioEnergy', 0)
}

/** The colours of a picture that is shown, in a grid of cells, row by row, each red, green and blue. */
export async function readPicture (page: Page, selector: string): Promise<number[][]> {
  return await page.locator(selector).evaluate(async video => {
    const { read } = window.pictures
    await new Promise(resolve => (video as HTMLVideoElement).requestVideoFrameCallback(resolve))
    return read(video as HTMLVideoElement)
  })
}

/** How far two pictures that are shown at the same time differ, 0 to 255 on the average: the least of some, as one of them is later than the other. */
export async function pictureDifference (page: Page, selector: string, other: string): Promise<number> {
  return await page.evaluate(async selectors => {
    const { read, difference } = window.pictures
    const [one, other] = selectors.map(selector => document.querySelector(selector) as HTMLVideoElement)
    let least = Infinity
    for (let frame = 0; frame < 10 && least > 2; frame++) {
      await new Promise(resolve => other!.requestVideoFrameCallback(resolve))
      least = Math.min(least, difference(read(one!), read(other!)))
    }
    return least
  }, [selector, other])
}

/** Runs in the page. */
function readPictures (): void {
  const [columns, rows] = [8, 6]
  const context = Object.assign(document.createElement('canvas'), { width: columns, height: rows }).getContext('2d', { willReadFrequently: true })!
  context.imageSmoothingQuality = 'high'
  window.pictures = {
    read (video) {
      context.drawImage(video, 0, 0, columns, rows)
      const { data } = context.getImageData(0, 0, columns, rows)
      return Array.from({ length: columns * rows }, (_, cell) => [...data.slice(cell * 4, cell * 4 + 3)])
    },
    difference (one, other) {
      const differences = one.flatMap((cell, index) => cell.map((part, colour) => Math.abs(part - other[index]![colour]!)))
      return differences.reduce((sum, difference) => sum + difference, 0) / differences.length
    }
  }
}

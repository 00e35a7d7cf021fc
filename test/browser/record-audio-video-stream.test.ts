import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { launchChromium } from '../helpers/chromium.js'
import { hasStatus, serveDemo } from '../helpers/demo.js'
import { findFfprobe, probe, type MediaFile } from '../helpers/ffmpeg.js'
import { openMediaPage } from '../helpers/page-media.js'

declare global {
  interface Window {
    /** What the server has said to the page. */
    messages: string[]
  }
}

t.setTimeout(120_000)

const skip = findFfprobe() ? false : 'no ffprobe on PATH'
const browser = await launchChromium(t, { fakeMedia: true })
const origin = await serveDemo(t)
const url = `${origin}/record-audio-video-stream/`

t.test('Start, another size of the picture, Stop -> a WebM file of all of it, which the page plays and offers', { skip }, async t => {
  const { page, errors } = await openMediaPage(t, browser, url)
  await page.getByLabel('Picture').selectOption('320 × 240')
  const recorded = await startRecording(page)
  await untilSent(page, 30)
  await page.getByLabel('Picture').selectOption('640 × 480')
  await untilSent(page, 30, 480)
  const least = await recorded()
  await page.getByRole('button', { name: 'Stop' }).click()
  await hasStatus(page, 'Stopped')
  const most = await recorded()
  t.same(await page.evaluate(() => window.deviceTracks.filter(({ readyState }) => readyState === 'live')), [], 'camera and microphone are released')

  const file = await download(t, (await page.getByRole('link', { name: 'Download' }).getAttribute('href'))!)
  t.strictSame(file.codecs, ['opus', 'vp8'])
  t.equal(file.errors, '')
  t.ok(file.duration > least - 0.5 && file.duration < most + 0.5, `the duration, expected ${least.toFixed(2)} to ${most.toFixed(2)} s, found ${file.duration}`)
  t.match(file.sizes, /320x240.*640x480$/, `found ${file.sizes}`)

  const shown = page.locator('video').nth(1)
  await shown.evaluate(async video => {
    (video as HTMLVideoElement).playbackRate = 4
    await (video as HTMLVideoElement).play()
  })
  await page.waitForFunction(() => { const { ended, currentTime } = document.querySelectorAll('video')[1]!; return ended && currentTime > 1 })
  t.same(errors, [])
})

t.test('a page that is gone without a word -> a recording to its last second', { skip }, async t => {
  const { page } = await openMediaPage(t, browser, url, page => page.addInitScript(keepMessages))
  const recorded = await startRecording(page)
  await untilSent(page, 45)
  const { name } = JSON.parse(await page.evaluate(() => window.messages[0]!))
  const seconds = await recorded()
  page.goto('chrome://crash').catch(() => {})
  const file = await download(t, `recordings/${name}`)
  t.strictSame(file.codecs, ['opus', 'vp8'])
  t.equal(file.errors, '')
  for (const end of file.ends) t.ok(Math.abs(end - seconds) < 1, `to the end, expected ${seconds.toFixed(2)} s, found ${end}`)
})

t.test('GET of a recording that there is not -> 404', async t => {
  for (const name of ['x.webm', '..%2F..%2Fetc%2Fpasswd']) t.equal((await fetch(`${url}recordings/${name}`)).status, 404)
})

/** Runs in the page. */
function keepMessages (): void {
  window.messages = []
  const { createDataChannel } = RTCPeerConnection.prototype
  RTCPeerConnection.prototype.createDataChannel = function (...args) {
    const channel = createDataChannel.apply(this, args)
    channel.addEventListener('message', ({ data }) => window.messages.push(data))
    return channel
  }
}

/** Settles when the server records, with what says for how many seconds it has. */
async function startRecording (page: Page): Promise<() => Promise<number>> {
  await page.getByRole('button', { name: 'Start' }).click()
  await hasStatus(page, 'Connected')
  const connected = await page.evaluate(() => performance.now())
  await page.getByText('Recording…', { exact: true }).waitFor()
  return async () => (await page.evaluate(() => performance.now()) - connected) / 1000
}

/** Settles when the page has sent so many more pictures, the last of this height. */
async function untilSent (page: Page, count: number, height?: number): Promise<void> {
  await page.evaluate(async ([count, height]) => {
    const read = async () => [...(await window.peers.at(-1)!.getStats() as unknown as Map<string, RTCOutboundRtpStreamStats>).values()].find(({ type, kind }) => type === 'outbound-rtp' && kind === 'video')
    const until = ((await read())?.framesSent ?? 0) + count!
    for (;;) {
      const { framesSent = 0, frameHeight } = await read() ?? {}
      if (framesSent >= until && (height === undefined || frameHeight === height)) return
      await new Promise(requestAnimationFrame)
    }
  }, [count, height])
}

/** What is in a recording, of which the server lets go when it is whole. */
async function download (t: Test, path: string): Promise<MediaFile> {
  const answer = await fetch(new URL(path, url))
  t.equal(answer.status, 200)
  t.equal(answer.headers.get('content-type'), 'video/webm')
  const file = join(t.testdir(), 'recording.webm')
  await writeFile(file, Buffer.from(await answer.arrayBuffer()))
  return await probe(file)
}

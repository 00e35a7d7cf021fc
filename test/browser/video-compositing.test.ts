import t from 'tap'
import { launchChromium } from '../helpers/chromium.js'
import { hasStatus, readOrigin, serveDemo, startDemo } from '../helpers/demo.js'
import { frameRate, openMediaPage } from '../helpers/page-media.js'

t.setTimeout(120_000)

const browser = await launchChromium(t, { fakeMedia: true })

t.test('Start -> the camera\'s picture comes back with text in its middle, at 640 × 480, 15 times a second and more; Stop, and again', async t => {
  const { page, errors } = await openMediaPage(t, browser, `${await serveDemo(t)}/video-compositing/`)
  for (const round of ['first', 'again']) {
    await page.getByRole('button', { name: 'Start' }).click()
    await hasStatus(page, 'Connected')
    await page.waitForFunction(() => document.querySelectorAll('video')[1]!.videoWidth === 640)
    const [cpu, start] = [process.cpuUsage(), performance.now()]
    const rate = await frameRate(page)
    const { user, system } = process.cpuUsage(cpu)
    const cores = (user + system) / 1000 / (performance.now() - start)
    t.ok(rate >= 15, `${round}: frames a second, found ${rate}`)
    t.ok(cores < 1, `${round}: cores that the server uses, found ${cores}`)

    const { changed, colours, around } = await page.evaluate(compare)
    t.ok(around < 6, `${round}: the picture around the text is the one that was sent, found a difference of ${around}`)
    t.ok(changed > 0.02 && changed < 0.3, `${round}: text in the middle, found ${changed} of it`)
    t.ok(colours > 0.2, `${round}: in bright colours, found ${colours} of it`)

    await page.getByRole('button', { name: 'Stop' }).click()
    await hasStatus(page, 'Stopped')
    t.same(await page.evaluate(() => window.deviceTracks.filter(({ readyState }) => readyState === 'live')), [], 'the camera is released')
  }
  t.same(errors, [])
})

t.test('a server without codecs -> the page says so', async t => {
  const missing = 'export const resolve = (name, context, next) => { if (name === "node-webcodecs") throw new Error("not found"); return next(name, context) }'
  const hook = `import { register } from 'node:module'; register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(missing)}`)})`
  const child = startDemo(t, {}, { execArgv: [`--import=data:text/javascript,${encodeURIComponent(hook)}`] })
  const { page, errors } = await openMediaPage(t, browser, `${await readOrigin(child)}/video-compositing/`)
  await page.getByRole('button', { name: 'Start' }).click()
  await page.getByText('This server cannot change pictures: node-webcodecs is not installed, or has no binary for its platform.').waitFor()
  await hasStatus(page, 'Connected')
  t.same(errors, [])
})

/** Runs in the page: how the picture that comes back differs from the one that is sent, in the middle and around it. */
async function compare (): Promise<{ changed: number, colours: number, around: number }> {
  const [sent, received] = [...document.querySelectorAll('video')] as [HTMLVideoElement, HTMLVideoElement]
  const context = Object.assign(document.createElement('canvas'), { width: 640, height: 480 }).getContext('2d', { willReadFrequently: true })!
  const read = (video: HTMLVideoElement) => {
    context.drawImage(video, 0, 0)
    return context.getImageData(0, 0, 640, 480).data
  }
  const look = () => {
    const [before, after] = [read(sent), read(received)]
    let [middle, changed, colours, outside, difference] = [0, 0, 0, 0, 0]
    for (let pixel = 0; pixel < 640 * 480; pixel++) {
      const parts = [0, 1, 2].map(part => after[pixel * 4 + part]!)
      const differs = Math.max(...parts.map((value, part) => Math.abs(value - before[pixel * 4 + part]!)))
      if (Math.hypot(pixel % 640 - 320, Math.floor(pixel / 640) - 240) < 215) {
        middle++
        if (differs < 60) continue
        changed++
        if (Math.max(...parts) - Math.min(...parts) > 80) colours++
      } else {
        outside++
        difference += differs
      }
    }
    return { changed: changed / middle, colours: colours / changed, around: difference / outside }
  }
  let least = look()
  // The one is later than the other, and the camera's picture moves.
  for (let frame = 0; frame < 8; frame++) {
    await new Promise(resolve => received.requestVideoFrameCallback(resolve))
    const found = look()
    if (found.changed < least.changed) least = found
  }
  return least
}

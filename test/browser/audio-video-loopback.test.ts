import t from 'tap'
import { launchChromium } from '../helpers/chromium.js'
import { within } from '../helpers/deadline.js'
import { hasStatus, listConnections, serveDemo } from '../helpers/demo.js'
import { frameRate, isHeard, openMediaPage, pictureDifference, readPicture } from '../helpers/page-media.js'

t.setTimeout(120_000)

const browser = await launchChromium(t, { fakeMedia: true })
const origin = await serveDemo(t)
const url = `${origin}/audio-video-loopback/`
const SENT = 'figure:nth-of-type(1) video'
const RECEIVED = 'figure:nth-of-type(2) video'

t.test('Start -> the camera\'s picture and the microphone\'s sound come back, with their delay; the camera off and on; Stop, and again', async t => {
  const { page, errors } = await openMediaPage(t, browser, url)
  for (const round of ['first', 'again']) {
    await page.getByRole('button', { name: 'Start' }).click()
    await hasStatus(page, 'Connected')
    await page.waitForFunction(() => document.querySelector('meter')!.value > -50)
    // Chromium measures the sound that is played.
    await page.locator(RECEIVED).evaluate(video => { (video as HTMLVideoElement).muted = false })
    await showsWhatIsSent(round)
    await page.locator('#delay').filter({ hasText: /^\d+ ms$/ }).waitFor()
    const delay = parseInt(await page.locator('#delay').innerText())
    t.ok(delay > 1 && delay < 500, `the delay, found ${delay} ms`)

    await page.getByRole('button', { name: 'Turn camera off' }).click()
    await page.getByRole('button', { name: 'Turn camera on' }).waitFor()
    await page.locator(RECEIVED).evaluate(async video => { while (((video as HTMLVideoElement).srcObject as MediaStream).getVideoTracks().length > 0) await new Promise(requestAnimationFrame) })
    t.same(await liveTracks(), ['audio'], 'the camera is released')
    await within(isHeard(page), 'sound')

    await page.getByRole('button', { name: 'Turn camera on' }).click()
    await page.getByRole('button', { name: 'Turn camera off' }).waitFor()
    await showsWhatIsSent(`${round}, the camera on again`)
    t.equal(await page.evaluate(() => window.peers.at(-1)!.connectionState), 'connected')

    await page.getByRole('button', { name: 'Stop' }).click()
    await hasStatus(page, 'Stopped')
    t.same(await liveTracks(), [], 'camera and microphone are released')
    t.equal(await page.locator('#delay').innerText(), '–')
  }
  t.equal(await page.evaluate(() => window.peers.length), 2, 'nothing had to be connected again')
  t.same(errors, [])

  async function showsWhatIsSent (what: string): Promise<void> {
    const rate = await frameRate(page)
    t.ok(rate > 20, `${what}: frames a second, found ${rate}`)
    const difference = await pictureDifference(page, SENT, RECEIVED)
    t.ok(difference < 8, `${what}: the picture that was sent, found a difference of ${difference}`)
    const levels = (await readPicture(page, SENT)).flat()
    t.ok(Math.max(...levels) - Math.min(...levels) > 50, `${what}: a picture`)
    await within(isHeard(page), 'sound')
  }

  async function liveTracks (): Promise<string[]> {
    return await page.evaluate(() => window.deviceTracks.filter(({ readyState }) => readyState === 'live').map(({ kind }) => kind))
  }
})

t.test('Start, without permission for the camera -> said in words, and nothing is connected', async t => {
  const { page } = await openMediaPage(t, browser, url, page => page.route(url, async route => {
    const response = await route.fetch()
    await route.fulfill({ response, headers: { ...response.headers(), 'permissions-policy': 'camera=(), microphone=()' } })
  }))
  await page.getByRole('button', { name: 'Start' }).click()
  await hasStatus(page, 'The page may not use what it asked for: permission was refused.')
  t.equal(await page.getByRole('status').getAttribute('data-kind'), 'problem')
  t.same(await listConnections(origin, 'audio-video-loopback'), [])
  t.equal(await page.evaluate(() => window.peers.length), 0)
})

t.test('Stop while the browser asks -> nothing is connected, and the camera is released once it is there', async t => {
  const { page, errors } = await openMediaPage(t, browser, url)
  await page.evaluate(() => {
    const { mediaDevices } = navigator
    const getUserMedia = mediaDevices.getUserMedia.bind(mediaDevices)
    const asked = new Promise(resolve => { window.addEventListener('granted', resolve) })
    mediaDevices.getUserMedia = async constraints => {
      await asked
      return await getUserMedia(constraints)
    }
  })
  await page.getByRole('button', { name: 'Start' }).click()
  await hasStatus(page, 'Waiting for your permission…')
  await page.getByRole('button', { name: 'Stop' }).click()
  await hasStatus(page, 'Stopped')
  await page.evaluate(async () => {
    dispatchEvent(new Event('granted'))
    while (window.deviceTracks.length < 2 || window.deviceTracks.some(({ readyState }) => readyState === 'live')) await new Promise(requestAnimationFrame)
  })
  await hasStatus(page, 'Stopped')
  t.equal(await page.evaluate(() => window.peers.length), 0)
  t.same(errors, [])
})

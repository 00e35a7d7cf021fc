import type { Page } from 'playwright-core'
import t from 'tap'
import { launchChromium } from '../helpers/chromium.js'
import { within } from '../helpers/deadline.js'
import { hasStatus, listConnections, serveDemo } from '../helpers/demo.js'
import { frameRate, isHeard, openMediaPage, readPicture } from '../helpers/page-media.js'

t.setTimeout(120_000)

const browser = await launchChromium(t, { fakeMedia: true })
const origin = await serveDemo(t)

interface Viewer {
  page: Page
  errors: string[]
}

t.test('five viewers, two of them before anybody broadcasts -> all see moving pictures, the first of them soon; one leaves, the broadcaster leaves, comes back, is replaced', async t => {
  const early = [await openViewer(), await openViewer()]
  for (const { page } of early) {
    await says(page, 'Nobody is broadcasting yet.')
    t.equal(await page.evaluate(() => window.peers[0]!.getTransceivers().length), 0, 'no tracks')
  }

  const alice = await openBroadcaster('Alice')
  for (const { page } of early) {
    await says(page, 'Alice is broadcasting to 2 viewers.')
    await showsMovingPictures(page)
  }
  await early[0]!.page.locator('video').evaluate(video => { (video as HTMLVideoElement).muted = false })
  await within(isHeard(early[0]!.page), 'sound')

  const late: Viewer[] = []
  const times: number[] = []
  for (let count = 3; count <= 5; count++) {
    const viewer = await openViewer()
    late.push(viewer)
    times.push(Math.round(await timeToFirstFrame(viewer.page)))
    await says(alice.page, `You are broadcasting to ${count} viewers.`)
  }
  // Two of the three: without a request for a key frame it would be none of them, and a browser that is busy is nobody's fault.
  t.ok(times.toSorted((a, b) => a - b)[1]! < 1000, `two of three viewers see a picture within a second, found ${times.join(', ')} ms`)
  const all = [...early, ...late]
  await Promise.all(all.map(({ page }) => showsMovingPictures(page)))
  t.ok(await keyFrames(alice.page) >= 3, 'key frames were requested')

  const [leaves, ...stay] = all
  const before = await Promise.all(stay.map(({ page }) => freezes(page)))
  await leaves!.page.getByRole('button', { name: 'Stop' }).click()
  await says(alice.page, 'You are broadcasting to 4 viewers.')
  await Promise.all(stay.map(({ page }) => showsMovingPictures(page)))
  t.same(await Promise.all(stay.map(({ page }) => freezes(page))), before, 'nobody is disturbed')

  await alice.page.getByRole('button', { name: 'Stop' }).click()
  for (const { page } of stay) {
    await says(page, 'Alice has left. Nobody is broadcasting.')
    t.equal(await page.locator('video').evaluate(video => (video as HTMLVideoElement).srcObject), null)
  }
  await alice.page.getByRole('button', { name: 'Start' }).click()
  for (const { page } of stay) await says(page, 'Alice is broadcasting to 4 viewers.')
  await Promise.all(stay.map(({ page }) => showsMovingPictures(page)))

  const bob = await openBroadcaster('Bob')
  await says(alice.page, 'Bob has taken the broadcast over.')
  await hasStatus(alice.page, 'The server has closed the connection.')
  t.same(await alice.page.evaluate(() => window.deviceTracks.filter(({ readyState }) => readyState === 'live')), [], 'camera and microphone are released')
  for (const { page } of stay) await says(page, 'Bob is broadcasting to 4 viewers.')
  await Promise.all(stay.map(({ page }) => showsMovingPictures(page)))

  for (const { page, errors } of [...all, alice, bob]) {
    t.equal(await page.evaluate(() => window.peers.length), page === alice.page ? 2 : 1, 'nobody had to connect again')
    // Browsers show each 409.
    t.same(errors.filter(error => !/409/.test(error)), [])
  }
  await bob.page.getByRole('button', { name: 'Stop' }).click()
  for (const { page } of stay) await page.getByRole('button', { name: 'Stop' }).click()
  for (const example of ['viewer', 'broadcaster']) t.same(await within(untilNone(example), 'no connection'), [])

  async function openViewer (): Promise<Viewer> {
    const opened = await openMediaPage(t, browser, `${origin}/viewer/`, page => page.addInitScript(noteFirstFrame))
    await opened.page.getByRole('button', { name: 'Start' }).click()
    await hasStatus(opened.page, 'Connected')
    return opened
  }

  async function openBroadcaster (name: string): Promise<Viewer> {
    const opened = await openMediaPage(t, browser, `${origin}/broadcaster/`)
    await opened.page.getByLabel('Your name').fill(name)
    await opened.page.getByRole('button', { name: 'Start' }).click()
    await hasStatus(opened.page, 'Connected')
    return opened
  }

  async function showsMovingPictures (page: Page): Promise<void> {
    await within(frameRate(page, 10), '10 pictures')
    const levels = (await readPicture(page, 'video')).flat()
    t.ok(Math.max(...levels) - Math.min(...levels) > 50, 'a picture')
  }
})

/** Settles when the page tells this of the broadcast. */
async function says (page: Page, news: string): Promise<void> {
  await page.getByText(news, { exact: true }).waitFor()
}

/** Runs in the page: when the viewer joined, and when it saw something. */
function noteFirstFrame (): void {
  addEventListener('DOMContentLoaded', () => {
    document.querySelector('#start')?.addEventListener('click', () => performance.mark('joined'))
    document.addEventListener('loadeddata', () => performance.mark('seen'), { capture: true })
  })
}

/** From the click on Start to the first picture that was decoded. */
async function timeToFirstFrame (page: Page): Promise<number> {
  await page.waitForFunction(() => performance.getEntriesByName('seen').length > 0)
  return await page.evaluate(() => performance.measure('wait', 'joined', 'seen').duration)
}

async function freezes (page: Page): Promise<number> {
  return await page.evaluate(async () => [...(await window.peers[0]!.getStats() as unknown as Map<string, RTCStats & { freezeCount?: number }>).values()].find(({ freezeCount }) => freezeCount !== undefined)?.freezeCount ?? -1)
}

async function keyFrames (page: Page): Promise<number> {
  return await page.evaluate(async () => [...(await window.peers[0]!.getStats() as unknown as Map<string, RTCStats & { keyFramesEncoded?: number }>).values()].find(({ keyFramesEncoded }) => keyFramesEncoded !== undefined)!.keyFramesEncoded!)
}

async function untilNone (example: string): Promise<unknown[]> {
  for (;;) {
    const found = await listConnections(origin, example)
    if (found.length === 0) return found
  }
}

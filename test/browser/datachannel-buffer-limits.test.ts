import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { launchChromium } from '../helpers/chromium.js'
import { openPage, readOrigin, startDemo, workerOf } from '../helpers/demo.js'
import { forgetPeak, residentSetSize } from '../helpers/memory.js'

t.setTimeout(180_000)

/** Each way. MEGABYTES says otherwise. */
const MEGABYTES = Number(process.env.MEGABYTES ?? 100)
const MAX_GROWTH = 32 * 1024 * 1024
/** A page that prepared or took the whole amount at once would stand still for longer, in milliseconds. */
const MAX_PAUSE = 500

const browser = await launchChromium(t)
const server = startDemo(t, {}, { deadline: 180_000 })
const url = `${await readOrigin(server)}/datachannel-buffer-limits/`

t.test(`Start, and send again, ${MEGABYTES} MB -> byte for byte each way, the server's memory is bounded, the page goes on`, async t => {
  const { page, errors } = await openPage(t, browser, url)
  await fill(page, { megabytes: 1, kibibytes: 64 })
  await page.getByRole('button', { name: 'Start' }).click()
  await done(page)

  const worker = workerOf(server)
  await fill(page, { megabytes: MEGABYTES, kibibytes: 64 })
  forgetPeak(worker)
  const { now } = residentSetSize(worker)
  await page.getByRole('button', { name: 'Send again' }).click()
  await page.locator('#note', { hasText: /^$/ }).waitFor({ state: 'attached' })
  await done(page)
  const growth = residentSetSize(worker).peak - now
  t.ok(growth < MAX_GROWTH, `found a growth of ${growth} bytes`)
  for (const way of ['up', 'down']) await assertArrived(t, page, way, MEGABYTES)
  const [, pause] = /(\d+) ms/.exec(await page.locator('#note').innerText())!
  t.ok(Number(pause) < MAX_PAUSE, `found a pause of ${pause} ms`)
  t.comment(`to the server ${await page.locator('#up-speed').innerText()}, from it ${await page.locator('#down-speed').innerText()}; memory ${(growth / 1e6).toFixed(1)} MB more at most; the longest pause ${pause} ms`)
  t.same(errors, [])
})

t.test('chunks larger than any message, stopped on the way, and Start -> the largest message there is, and all of it arrives', async t => {
  const { page, errors } = await openPage(t, browser, url)
  await fill(page, { megabytes: 1000, kibibytes: 1000 })
  await page.getByRole('button', { name: 'Start' }).click()
  await page.locator('#up-arrived', { hasText: /^[1-9]/ }).waitFor()
  t.equal(await page.getByLabel('Size of a chunk').inputValue(), '256')
  await page.getByRole('button', { name: 'Stop' }).click()
  await page.getByRole('status').filter({ hasText: 'Stopped' }).waitFor()

  await fill(page, { megabytes: 3, kibibytes: 256 })
  await page.getByRole('button', { name: 'Start' }).click()
  await done(page)
  for (const way of ['up', 'down']) await assertArrived(t, page, way, 3)
  t.same(errors, [])
})

async function fill (page: Page, { megabytes, kibibytes }: { megabytes: number, kibibytes: number }): Promise<void> {
  await page.getByLabel('Amount each way').fill(String(megabytes))
  await page.getByLabel('Size of a chunk').fill(String(kibibytes))
}

async function done (page: Page): Promise<void> {
  await page.locator('#note', { hasText: /\d+ ms/ }).waitFor({ timeout: 120_000 })
}

async function assertArrived (t: Test, page: Page, way: string, megabytes: number): Promise<void> {
  t.equal(await page.locator(`#${way}-arrived`).innerText(), `${megabytes}.0 of ${megabytes} MB`)
  t.match(await page.locator(`#${way}-speed`).innerText(), /^\d+ Mbit\/s$/)
  t.match(await page.locator(`#${way}-checksum`).innerText(), /^[0-9a-f]{8}, the same at both ends$/)
}

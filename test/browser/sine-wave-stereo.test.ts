import t from 'tap'
import { launchChromium } from '../helpers/chromium.js'
import { hasStatus, openPage, serveDemo } from '../helpers/demo.js'
import { around, slide, untilShown } from '../helpers/page-audio.js'

t.setTimeout(120_000)

/** In dB. */
const TOLERANCE = 1
/** A channel with nothing in it is quieter, in dBFS. */
const SILENT = -50
/** Of a tone of half the largest amplitude, in dBFS. */
const LEVEL = decibels(0.5 / Math.SQRT2)

const browser = await launchChromium(t)

t.test('Start, and panning from left to right -> the energy of both channels is in the right ratio', async t => {
  const origin = await serveDemo(t)
  const { page, errors } = await openPage(t, browser, `${origin}/sine-wave-stereo/`)
  await page.getByRole('button', { name: 'Start' }).click()
  await hasStatus(page, 'Connected')
  for (const panning of [50, 0, 25, 100, 50]) {
    await slide(page, 'Panning', panning)
    const angle = panning / 100 * Math.PI / 2
    const levels = { left: LEVEL + decibels(Math.cos(angle)), right: LEVEL + decibels(Math.sin(angle)) }
    for (const [channel, level] of Object.entries(levels)) {
      const range = level < SILENT ? { from: -Infinity, to: SILENT } : around(level, TOLERANCE)
      const found = await untilShown(page, [channel], range)
      t.ok(found >= range.from && found <= range.to, `${panning} %: the ${channel} channel, expected ${level.toFixed(1)} dBFS, found ${found}`)
    }
    if (panning % 100 === 0) continue
    const ratio = levels.left - levels.right
    const found = await untilShown(page, ['left', 'right'], around(ratio, TOLERANCE))
    t.ok(Math.abs(found - ratio) < TOLERANCE, `${panning} %: expected a ratio of ${ratio.toFixed(1)} dB, found ${found}`)
  }
  await slide(page, 'Frequency', 880)
  const measured = await untilShown(page, ['measured'], around(880, 8.8))
  t.ok(Math.abs(measured - 880) < 8.8, `found ${measured} Hz`)
  await page.getByRole('button', { name: 'Stop' }).click()
  await hasStatus(page, 'Stopped')
  t.equal(await page.locator('#left').innerText(), '–')
  t.same(errors, [])
})

function decibels (amplitude: number): number {
  return 20 * Math.log10(amplitude)
}

import t from 'tap'
import { launchChromium } from '../helpers/chromium.js'
import { hasStatus, listConnections, openPage, serveDemo } from '../helpers/demo.js'
import { median } from '../helpers/median.js'
import { around, largestStep, slide, untilShown } from '../helpers/page-audio.js'

t.setTimeout(120_000)

const TOLERANCE = 0.01
/** From the change to the tone, in milliseconds. */
const MAX_DELAY = 300
/** Of the tone of 880 Hz, between two samples. */
const STEEPEST = 2 * Math.PI * 880 / 48000 * 0.5

const browser = await launchChromium(t)
const origin = await serveDemo(t)

t.test('Start, a frequency, another, Stop, and again -> each is heard, soon, and nothing clicks', async t => {
  const { page, errors } = await openPage(t, browser, `${origin}/sine-wave/`)
  const delays: number[] = []
  const steps: number[] = []
  for (const round of ['first', 'again']) {
    await page.getByRole('button', { name: 'Start' }).click()
    await hasStatus(page, 'Connected')
    await page.locator('#delay', { hasText: 'ms' }).waitFor()
    for (const frequency of [880, 440, 880, 440]) {
      const step = largestStep(page)
      await slide(page, 'Frequency', frequency)
      await page.locator('#delay', { hasText: 'ms' }).waitFor()
      delays.push(parseFloat(await page.locator('#delay').innerText()))
      const measured = await untilShown(page, ['measured'], around(frequency, frequency * TOLERANCE))
      t.ok(Math.abs(measured / frequency - 1) < TOLERANCE, `${round}: ${frequency} Hz, found ${measured}`)
      steps.push(await step)
    }
    await page.getByRole('button', { name: 'Stop' }).click()
    await hasStatus(page, 'Stopped')
    t.equal(await page.locator('#measured').innerText(), '–')
  }
  // A machine that is busy delays some changes, and leaves some sound out, but not each time.
  t.ok(median(delays) < MAX_DELAY, `heard after ${delays.join(', ')} ms`)
  t.ok(median(steps) < STEEPEST * 1.5, `from one sample to the next ${steps.map(step => step.toFixed(3)).join(', ')}, the steepest is ${STEEPEST.toFixed(3)}`)
  t.same(await listConnections(origin, 'sine-wave'), [])
  t.same(errors, [])
})

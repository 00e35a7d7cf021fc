import t from 'tap'
import { launchChromium } from '../helpers/chromium.js'
import { hasStatus, serveDemo } from '../helpers/demo.js'
import { around, slide, untilShown } from '../helpers/page-audio.js'
import { openMediaPage } from '../helpers/page-media.js'

t.setTimeout(120_000)

const TOLERANCE = 0.01

const browser = await launchChromium(t, { fakeMedia: true })
const url = `${await serveDemo(t)}/pitch-detector/`

t.test('Start, and tones -> the server finds the pitch of each, within 1 %', async t => {
  const { page, errors } = await openMediaPage(t, browser, url)
  for (const round of ['first', 'again']) {
    await page.getByRole('button', { name: 'Start' }).click()
    await hasStatus(page, 'Connected')
    for (const frequency of [220, 440, 1000]) {
      await slide(page, 'Frequency', frequency)
      for (const end of ['server', 'here']) {
        const pitch = await untilShown(page, [end], around(frequency, frequency * TOLERANCE))
        t.ok(Math.abs(pitch / frequency - 1) < TOLERANCE, `${round}: ${frequency} Hz, ${end}: found ${pitch}`)
      }
    }
    await page.getByRole('button', { name: 'Stop' }).click()
    await hasStatus(page, 'Stopped')
    t.equal(await page.locator('#server').innerText(), '–')
  }
  t.same(await page.evaluate(() => window.deviceTracks), [], 'no microphone was asked for')
  t.same(errors, [])
})

t.test('Start with a microphone that hears 300 Hz -> so does the server, and Stop lets go of it', async t => {
  const { page, errors } = await openMediaPage(t, browser, url, page => page.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = async () => {
      const context = new AudioContext()
      const destination = new MediaStreamAudioDestinationNode(context)
      const oscillator = new OscillatorNode(context, { frequency: 300 })
      oscillator.connect(destination)
      oscillator.start()
      window.deviceTracks.push(...destination.stream.getTracks())
      return destination.stream
    }
  }))
  await page.getByLabel('What to send').selectOption('The microphone')
  t.equal(await page.getByRole('slider', { name: 'Frequency' }).isVisible(), false)
  await page.getByRole('button', { name: 'Start' }).click()
  for (const end of ['here', 'server']) {
    const pitch = await untilShown(page, [end], around(300, 3))
    t.ok(Math.abs(pitch - 300) < 3, `${end}: found ${pitch}`)
  }
  const states = () => page.evaluate(() => window.deviceTracks.map(({ readyState }) => readyState))
  t.same(await states(), ['live'])
  await page.getByRole('button', { name: 'Stop' }).click()
  await hasStatus(page, 'Stopped')
  t.same(await states(), ['ended'])
  t.same(errors, [])
})

t.test('Start, without permission for the microphone -> said in words; with the tone it connects', async t => {
  const { page } = await openMediaPage(t, browser, url, page => page.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotAllowedError') }
  }))
  await page.getByLabel('What to send').selectOption('The microphone')
  await page.getByRole('button', { name: 'Start' }).click()
  await hasStatus(page, 'The page may not use what it asked for: permission was refused.')
  await page.getByLabel('What to send').selectOption('A tone')
  await page.getByRole('button', { name: 'Start' }).click()
  await hasStatus(page, 'Connected')
})

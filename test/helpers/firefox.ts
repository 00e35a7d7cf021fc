import { createRequire } from 'node:module'
import type { Browser, Page } from 'puppeteer-core'
import type { Test } from 'tap'
import { findExecutable } from './executable.js'
import type { ScriptedPage } from './page.js'

// tap's loader does not find what puppeteer-core's ESM build imports of chromium-bidi.
const { launch } = createRequire(import.meta.url)('puppeteer-core') as typeof import('puppeteer-core')

const PREFERENCES = {
  'media.autoplay.default': 0,
  'media.autoplay.blocking_policy': 0,
  // Where there is no sound card no AudioContext would run.
  'media.cubeb.force_mock_context': true
}

/** A camera and a microphone (a tone of 1 kHz) that are always there and always allowed. */
const FAKE_MEDIA_PREFERENCES = {
  'media.navigator.streams.fake': true,
  'permissions.default.camera': 1,
  'permissions.default.microphone': 1,
  'media.peerconnection.ice.loopback': true
}

export interface FirefoxOptions {
  /**
   * Whether there is a camera and a microphone, without a question. A page that may use them has candidates on loopback
   * and shows its addresses; any other has .local names, none on loopback, and never sends there. Default true.
   */
  fakeMedia?: boolean
}

/** A headless Firefox, closed when the test ends; undefined, and said so, where there is none and none could be installed. It takes seconds: one for all tests of a file. */
export async function launchFirefox (t: Test, { fakeMedia = true }: FirefoxOptions = {}): Promise<Browser | undefined> {
  const executablePath = findFirefox()
  if (!executablePath) {
    t.comment('No Firefox here: nothing has been tested in it')
    return undefined
  }
  const browser = await launch({
    browser: 'firefox',
    executablePath,
    extraPrefsFirefox: { ...PREFERENCES, ...fakeMedia && FAKE_MEDIA_PREFERENCES },
    timeout: 60_000
  })
  t.teardown(() => browser.close())
  return browser
}

/** A page in a window of its own, where nothing slows its timers, closed when the test ends, and every error that its console shows or that nobody catches in it. */
export async function openFirefoxPage (t: Test, browser: Browser, url: string): Promise<{ page: Page & ScriptedPage, errors: string[] }> {
  const page = await browser.newPage({ type: 'window' })
  t.teardown(() => page.close())
  const errors: string[] = []
  page.on('console', message => { if (message.type() === 'error' || message.type() === 'warn') errors.push(message.text()) })
  page.on('pageerror', error => { errors.push(String(error)) })
  await page.goto(url)
  // It is one, though its types tell handles apart from what they are handles of.
  return { page: page as Page & ScriptedPage, errors }
}

/** The path of Firefox: FIREFOX_PATH, or the first of its names on PATH; undefined when there is none. */
export function findFirefox (): string | undefined {
  return findExecutable('FIREFOX_PATH', ['firefox-esr', 'firefox'])
}

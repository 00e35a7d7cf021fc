import { chromium, type Browser } from 'playwright-core'
import type { Test } from 'tap'
import { findExecutable } from './executable.js'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome']

const FLAGS = [
  // Chromium's sandbox does not start as root.
  '--no-sandbox',
  '--disable-gpu',
  '--autoplay-policy=no-user-gesture-required',
  '--disable-background-networking',
  '--no-first-run',
  '--disable-component-update',
  '--disable-sync',
  '--js-flags=--expose-gc'
]

/** A camera and a microphone that are always there and always allowed. A page that may use them sees its own addresses in place of mDNS names. */
const FAKE_MEDIA_FLAGS = ['--use-fake-device-for-media-stream=fps=30', '--use-fake-ui-for-media-stream']

export interface ChromiumOptions {
  /** Whether there is a camera and a microphone, without a question. Default false. */
  fakeMedia?: boolean
  /** Origins that may ask for the camera although they are neither loopback nor HTTPS. Default none. */
  secureOrigins?: readonly string[]
}

/** A headless Chromium, closed when the test ends. */
export async function launchChromium (t: Test, options?: ChromiumOptions): Promise<Browser> {
  const browser = await startChromium(options)
  t.teardown(() => browser.close())
  return browser
}

/** A headless Chromium, which the caller closes. */
export async function startChromium ({ fakeMedia = false, secureOrigins = [] }: ChromiumOptions = {}): Promise<Browser> {
  return await chromium.launch({
    executablePath: expectChromium(),
    args: [
      ...FLAGS,
      ...fakeMedia ? FAKE_MEDIA_FLAGS : [],
      ...secureOrigins.length > 0 ? [`--unsafely-treat-insecure-origin-as-secure=${secureOrigins.join(',')}`] : []
    ]
  })
}

/** The path of Chromium: CHROMIUM_PATH, or the first of its names on PATH; undefined when there is none. */
export function findChromium (): string | undefined {
  return findExecutable('CHROMIUM_PATH', NAMES)
}

export function expectChromium (): string {
  const path = findChromium()
  if (!path) throw new Error(`No ${NAMES.join(', ')} on PATH: install Chromium, or set CHROMIUM_PATH to where it is`)
  return path
}

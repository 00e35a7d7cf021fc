import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium, type Browser } from 'playwright-core'
import type { Test } from 'tap'

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
const FAKE_MEDIA_FLAGS = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']

export interface ChromiumOptions {
  /** Whether there is a camera and a microphone, without a question. Default false. */
  fakeMedia?: boolean
}

/** A headless Chromium, closed when the test ends. */
export async function launchChromium (t: Test, options?: ChromiumOptions): Promise<Browser> {
  const browser = await startChromium(options)
  t.teardown(() => browser.close())
  return browser
}

/** A headless Chromium, which the caller closes. */
export async function startChromium ({ fakeMedia = false }: ChromiumOptions = {}): Promise<Browser> {
  return await chromium.launch({
    executablePath: findChromium(),
    args: fakeMedia ? [...FLAGS, ...FAKE_MEDIA_FLAGS] : FLAGS
  })
}

/** The path of Chromium: CHROMIUM_PATH, or the first of its names on PATH. */
export function findChromium (env: NodeJS.ProcessEnv = process.env): string {
  if (env.CHROMIUM_PATH) {
    if (isExecutable(env.CHROMIUM_PATH)) return env.CHROMIUM_PATH
    throw new Error(`CHROMIUM_PATH is ${env.CHROMIUM_PATH}, where there is no program`)
  }
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean)
  const found = NAMES.flatMap(name => folders.map(folder => join(folder, name))).find(isExecutable)
  if (!found) throw new Error(`No ${NAMES.join(', ')} on PATH: install Chromium, or set CHROMIUM_PATH to where it is`)
  return found
}

function isExecutable (path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

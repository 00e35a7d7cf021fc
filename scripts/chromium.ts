import { expectChromium, findChromium } from '../test/helpers/chromium.js'
import { installPackage } from './debian.js'

/** The path of Chromium, which is installed if there is none and Debian's packages are at hand. */
export function ensureChromium (): string {
  return findChromium() ?? (installPackage('chromium'), expectChromium())
}

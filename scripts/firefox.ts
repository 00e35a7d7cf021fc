import { findFirefox } from '../test/helpers/firefox.js'
import { ensurePackages } from './debian.js'

/** The path of Firefox; undefined when there is none all the same: it is the second browser, and the tests go on. */
export function ensureFirefox (): string | undefined {
  ensurePackages(findFirefox, ['firefox-esr'], 'No Firefox on PATH: its tests are left out. Install it, or set FIREFOX_PATH to where it is')
  return findFirefox()
}

import { findFirefox } from '../test/helpers/firefox.js'
import { installPackage } from './debian.js'

/** The path of Firefox, which is installed if there is none and Debian's packages are at hand. Undefined, and said so, when there is none all the same: it is the second browser, and the tests go on. */
export function ensureFirefox (): string | undefined {
  const path = findFirefox() ?? (installFirefox(), findFirefox())
  if (!path) console.log('No Firefox on PATH: its tests are left out. Install it, or set FIREFOX_PATH to where it is')
  return path
}

/** A machine that cannot install it has none. */
function installFirefox (): void {
  try {
    installPackage('firefox-esr')
  } catch {}
}

import { execFileSync } from 'node:child_process'
import { findChromium } from '../test/helpers/chromium.js'

/** The path of Chromium, which is installed if there is none and Debian's packages are at hand. */
export function ensureChromium (): string {
  try {
    return findChromium()
  } catch (error) {
    if (process.env.CHROMIUM_PATH || !canInstallPackages()) throw error
  }
  console.log('No Chromium on PATH: installing it')
  apt('update')
  apt('install', '--yes', '--no-install-recommends', 'chromium')
  return findChromium()
}

function canInstallPackages (): boolean {
  if (process.getuid?.() !== 0) return false
  try {
    execFileSync('apt-get', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

function apt (...args: string[]): void {
  execFileSync('apt-get', ['-qq', ...args], { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, stdio: ['ignore', 'inherit', 'inherit'] })
}

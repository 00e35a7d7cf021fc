import { execFileSync } from 'node:child_process'

/** Installs a package of Debian's, as root and where there are any. */
export function installPackage (name: string): void {
  if (!canInstallPackages()) return
  console.log(`No ${name} on PATH: installing it`)
  apt('update')
  apt('install', '--yes', '--no-install-recommends', name)
}

/** Installs packages for what some tests need. Where it is not there all the same, says what that means: the others go on. */
export function ensurePackages (isThere: () => unknown, names: string[], consequence: string): void {
  if (isThere()) return
  try {
    names.forEach(installPackage)
  } catch {}
  if (!isThere()) console.log(consequence)
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

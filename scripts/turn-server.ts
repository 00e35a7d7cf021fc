import { findTurnServer } from '../test/helpers/turn-server.js'
import { installPackage } from './debian.js'

/** Installs coturn if there is none and Debian's packages are at hand. Says so where there is none all the same: the tests go on without those that relay. */
export function ensureTurnServer (): void {
  if (findTurnServer()) return
  try {
    installPackage('coturn')
  } catch {}
  if (!findTurnServer()) console.log('No turnserver on PATH: its tests are left out. Install coturn, or set TURNSERVER_PATH to where it is')
}

import { findTurnServer } from '../test/helpers/turn-server.js'
import { ensurePackages } from './debian.js'

/** coturn, for the tests that relay. */
export function ensureTurnServer (): void {
  ensurePackages(findTurnServer, ['coturn'], 'No turnserver on PATH: its tests are left out. Install coturn, or set TURNSERVER_PATH to where it is')
}

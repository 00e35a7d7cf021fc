import { findNatsServer } from '../test/helpers/nats-server.js'
import { ensurePackages } from './debian.js'

/** nats-server, for the tests of several processes. */
export function ensureNatsServer (): void {
  ensurePackages(findNatsServer, ['nats-server'], 'No nats-server on PATH: its tests are left out. Install nats-server, or set NATS_SERVER_PATH to where it is')
}

import { hasNamespaces } from '../test/helpers/namespaces.js'
import { ensurePackages } from './debian.js'

/** What networks of the tests' own need. */
export function ensureNamespaces (): void {
  ensurePackages(hasNamespaces, ['iproute2', 'nftables'], 'No network namespaces with NAT: their tests are left out. They need root, iproute2 and nftables')
}

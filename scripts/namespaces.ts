import { hasNamespaces } from '../test/helpers/namespaces.js'
import { installPackage } from './debian.js'

/** Installs what networks of the tests' own need, where Debian's packages are at hand. Says so where there can be none all the same: the tests go on without NAT. */
export function ensureNamespaces (): void {
  if (hasNamespaces()) return
  try {
    for (const name of ['iproute2', 'nftables']) installPackage(name)
  } catch {}
  if (!hasNamespaces()) console.log('No network namespaces with NAT: their tests are left out. They need root, iproute2 and nftables')
}

import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os'
import { canonicalAddress, isAddressLiteral, isLocalAddress } from './ip-address.js'

/** How long they are taken to be the same, in milliseconds: to ask takes a quarter of one, and more where there are many. */
const TIME_TO_LIVE = 1000

let known: NetworkInterfaceInfo[] = []
let expiresAt = -Infinity

/** The addresses of this host, of the last second; none when the system does not tell: asking takes a file descriptor, and there may be none left. */
export function hostAddresses (): NetworkInterfaceInfo[] {
  const now = performance.now()
  if (now < expiresAt) return known
  try {
    known = Object.values(networkInterfaces()).flatMap(addresses => addresses!)
    expiresAt = now + TIME_TO_LIVE
    return known
  } catch {
    return []
  }
}

/** The same, in their one form. No firewall stands between them and the services of this host. A client on this host has them too. */
export function ownAddresses (): Set<string> {
  return new Set(hostAddresses().map(({ address }) => canonicalAddress(address)))
}

/** Whether the address means this host: as one of its own, or one that each host has for itself. */
export function isOfThisHost (text: string): boolean {
  const [address = ''] = text.split('%')
  if (!isAddressLiteral(address)) return false
  const canonical = canonicalAddress(address)
  return isLocalAddress(canonical) || ownAddresses().has(canonical)
}

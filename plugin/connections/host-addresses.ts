import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os'

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

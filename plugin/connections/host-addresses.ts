import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os'

/** The addresses of this host; none when the system does not tell: asking takes a file descriptor, and there may be none left. */
export function hostAddresses (): NetworkInterfaceInfo[] {
  try {
    return Object.values(networkInterfaces()).flatMap(addresses => addresses!)
  } catch {
    return []
  }
}

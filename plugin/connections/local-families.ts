import { isIPv4 } from 'node:net'
import { networkInterfaces } from 'node:os'
import { canonicalAddress } from './ip-address.js'

/** Stands for all addresses of this host, of both families. */
const ALL_ADDRESSES = '::'

/**
 * Whether peers that are bound there can have a pair with an address, which takes one of the same family (RFC 8445, 6.1.2.2).
 * libjuice pairs every candidate with every other: what it then cannot send stands before what it can, 50 ms for each, and
 * again whenever the far end checks in the meantime.
 */
export function createFamilyFilter (bindAddress: string | undefined): (address: string) => boolean {
  let families: { ipv4: boolean, ipv6: boolean } | undefined
  return address => {
    families ??= localFamilies(bindAddress)
    return isIPv4(canonicalAddress(address)) ? families.ipv4 : families.ipv6
  }
}

function localFamilies (bindAddress: string | undefined): { ipv4: boolean, ipv6: boolean } {
  if (bindAddress !== undefined && bindAddress !== ALL_ADDRESSES) {
    const ipv4 = isIPv4(canonicalAddress(bindAddress))
    return { ipv4, ipv6: !ipv4 }
  }
  try {
    // As libjuice gathers: without loopback and link-local addresses.
    const addresses = Object.values(networkInterfaces()).flatMap(addresses => addresses!).filter(({ internal }) => !internal)
    return { ipv4: addresses.some(({ family }) => family === 'IPv4'), ipv6: addresses.some(({ family, address }) => family === 'IPv6' && !/^fe[89ab]/.test(address)) }
  } catch {
    // Asking takes a file descriptor, and there may be none left.
    return { ipv4: true, ipv6: true }
  }
}

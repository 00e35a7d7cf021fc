import { isIPv4 } from 'node:net'
import { hasTurnServer } from '../peer/ice-servers.js'
import type { PeerConfiguration } from '../peer/native.js'
import { hostAddresses } from './host-addresses.js'
import { canonicalAddress } from './ip-address.js'

/** Stands for all addresses of this host, of both families. */
const ALL_ADDRESSES = '::'

type Families = Record<'ipv4' | 'ipv6', boolean>

/**
 * Whether peers that are bound there can have a pair with an address, which takes one of the same family (RFC 8445, 6.1.2.2).
 * libjuice pairs every candidate with every other: what it then cannot send stands before what it can, 50 ms for each, and
 * again whenever the far end checks in the meantime.
 */
export function createFamilyFilter ({ bindAddress, iceServers = [] }: Pick<PeerConfiguration, 'bindAddress' | 'iceServers'>): (address: string) => boolean {
  // A relay has addresses of its own.
  if (hasTurnServer(iceServers)) return () => true
  let families: Families | undefined
  return address => {
    families ??= localFamilies(bindAddress)
    return isIPv4(canonicalAddress(address)) ? families.ipv4 : families.ipv6
  }
}

function localFamilies (bindAddress: string = ALL_ADDRESSES): Families {
  const bound = canonicalAddress(bindAddress)
  if (bound !== ALL_ADDRESSES) return { ipv4: isIPv4(bound), ipv6: !isIPv4(bound) }
  // As libjuice gathers: without loopback and link-local addresses.
  const addresses = hostAddresses().filter(({ internal, address }) => !internal && !/^fe[89ab]/.test(address))
  // A host that tells of none may have some all the same, and clients of its own.
  if (addresses.length === 0) return { ipv4: true, ipv6: true }
  return { ipv4: addresses.some(({ family }) => family === 'IPv4'), ipv6: addresses.some(({ family }) => family === 'IPv6') }
}

import { BlockList, isIPv4 } from 'node:net'
import { ownAddresses } from './host-addresses.js'
import { formatIceCandidate, parseIceCandidate } from './ice-candidate.js'
import { canonicalAddress, isAddressLiteral } from './ip-address.js'

/** Where the server may send its connectivity checks: anywhere, nowhere, to public addresses, or to these networks. */
export type RemoteCandidatePolicy = 'public' | 'any' | 'none' | string[]

/** The HTTP client as the host's `trustProxy` sees it; undefined when a proxy stands between that nobody vouches for. */
export type ClientAddress = string | undefined

/** libjuice keeps no more of them, and looks at each in turn on the JavaScript thread. */
export const MAX_REMOTE_CANDIDATES = 30

/** Of an address that may not be the client's. While a pair of a higher priority than one that works is not answered, libjuice waits two seconds before it nominates, and Firefox for that. */
const GUESS_PRIORITY = 1

/** Of a host candidate with the address that the client's request came from, the highest there is (RFC 8445, 5.1.2): libjuice nominates it without waiting for those of the client's virtual machines and tunnels. What STUN has found out may be another port than the server sees, and must not stand above what the checks find out. */
const CLIENT_PRIORITY = 2 ** 31 - 1

/** The ports below belong to services, such as DNS and SNMP, to which a stranger could have the server send. Peers and NATs take theirs from those above: RFC 4787, 4.2.2. */
const MIN_PORT = 1024

type AddressFilter = (address: string) => boolean

/** One list for each family: a BlockList takes an IPv4 address for a part of ::ffff:0:0/96, and so of every larger IPv6 network. */
type Networks = Record<'ipv4' | 'ipv6', BlockList>

const LOOPBACK = networks(['127.0.0.0/8', '::1/128'])
/** Private networks, in which a client that comes from one may really be. */
const LAN = networks(['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'])
/** What else is not global unicast, by IANA's special-purpose registries (RFC 6890). Clouds have their metadata services in 169.254.0.0/16. */
const SPECIAL = networks([
  '0.0.0.0/8', '169.254.0.0/16', '192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/3',
  '::/3', '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20', '4000::/2', '8000::/1'
])

/** The policy as a function. Throws a TypeError that says which network cannot be read. */
export function createRemoteCandidateFilter (policy: RemoteCandidatePolicy): (client: ClientAddress) => AddressFilter {
  if (policy === 'any') return () => () => true
  if (policy === 'none') return () => () => false
  if (Array.isArray(policy)) {
    const allowed = networks(policy)
    return () => address => contains(allowed, address)
  }
  return client => {
    const known = client !== undefined && isAddressLiteral(client)
    let own: Set<string> | undefined
    const isOwn = (address: string) => contains(LOOPBACK, address) || (own ??= ownAddresses()).has(canonicalAddress(address))
    return address => {
      if (isOwn(address)) return known && isOwn(client)
      if (contains(LAN, address)) return known && (contains(LAN, client) || isOwn(client))
      return !contains(SPECIAL, address)
    }
  }
}

/** A candidate that may reach the native side. */
export interface RemoteCandidate {
  /** Whether its address is the one that the client's request came from. A guess is not. */
  isOfClient: boolean
  /** Its address and port: with the same ones it is the same candidate. */
  key: string
  /** The attribute's value in the native side's one form. */
  value: string
}

/**
 * The candidate attributes that may reach the native side, in its one form, without doubles. `known` has those that are used
 * already, by their keys, and gets those that are new, as long as there is room.
 */
export function filterRemoteCandidates (values: Iterable<string>, isAllowed: AddressFilter, client: ClientAddress, known = new Map<string, string>()): string[] {
  const found = new Map<string, RemoteCandidate>()
  for (const text of values) {
    const candidate = toRemoteCandidate(text, isAllowed, client)
    if (!candidate || found.has(candidate.key)) continue
    const { key, value } = candidate
    if (!known.has(key) && known.size === MAX_REMOTE_CANDIDATES) break
    if (!known.has(key)) known.set(key, value)
    found.set(key, { ...candidate, value: known.get(key)! })
  }
  // libjuice checks them in this order, one each 50 ms.
  return [...found.values()].sort((a, b) => Number(b.isOfClient) - Number(a.isOfClient)).map(({ value }) => value)
}

/**
 * Checks one candidate attribute. Undefined for what is left out.
 *
 * A browser that has not been granted a camera hides its address behind an mDNS name. Nobody looks it up: the client's own
 * address is put in its place, which is where the name leads on the same host and in the same network, and where the
 * server has just had a request from.
 */
export function toRemoteCandidate (text: string, isAllowed: AddressFilter, client: ClientAddress): RemoteCandidate | undefined {
  const candidate = parseIceCandidate(text)
  if (!candidate) return undefined
  const isGuess = candidate.address.endsWith('.local') && client !== undefined
  if (isGuess) Object.assign(candidate, { address: client, priority: GUESS_PRIORITY })
  if (candidate.port < MIN_PORT || !isAddressLiteral(candidate.address) || !isAllowed(candidate.address)) return undefined
  candidate.address = canonicalAddress(candidate.address)
  const isOfClient = !isGuess && client !== undefined && isAddressLiteral(client) && canonicalAddress(client) === candidate.address
  if (isOfClient && candidate.type === 'host') candidate.priority = CLIENT_PRIORITY
  return { isOfClient, key: `${candidate.address} ${candidate.port}`, value: formatIceCandidate(candidate) }
}

function contains (networks: Networks, address: string): boolean {
  const canonical = canonicalAddress(address)
  const family = familyOf(canonical)
  return networks[family].check(canonical, family)
}

function familyOf (address: string): 'ipv4' | 'ipv6' {
  return isIPv4(address) ? 'ipv4' : 'ipv6'
}

function networks (cidrs: readonly string[]): Networks {
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() }
  for (const cidr of cidrs) {
    const [, network, prefix] = /^([0-9a-f.:]+)\/(\d{1,3})$/i.exec(cidr) ?? []
    try {
      const family = familyOf(network!)
      lists[family].addSubnet(network!, Number(prefix), family)
    } catch (cause) {
      throw new TypeError(`expected a network such as 192.0.2.0/24 or 2001:db8::/32, found ${JSON.stringify(cidr)}`, { cause })
    }
  }
  return lists
}

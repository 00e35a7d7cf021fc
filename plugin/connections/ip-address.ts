import { BlockList, isIPv4, isIPv6, SocketAddress } from 'node:net'

/** Whether the address needs no look-up: a name would make the native side start a thread for each and ask the DNS for what a stranger chose. A zone (`%eth0`) names an interface of the far end. */
export function isAddressLiteral (address: string): boolean {
  return isIPv4(address) || (isIPv6(address) && !address.includes('%'))
}

/** The literal in its one form (RFC 5952); an IPv4 address written as IPv6 (RFC 4291, 2.5.5) as what it leads to. */
export function canonicalAddress (address: string): string {
  if (isIPv4(address)) return address
  const canonical = new SocketAddress({ address, family: 'ipv6' }).address
  const [, mapped] = /^::(?:ffff:)?(\d+\.\d+\.\d+\.\d+)$/.exec(canonical) ?? []
  return mapped ?? canonical
}

/** Loopback, link-local and unspecified addresses, which another host has as well. */
const LOCAL = new BlockList()
LOCAL.addSubnet('127.0.0.0', 8, 'ipv4')
LOCAL.addSubnet('169.254.0.0', 16, 'ipv4')
LOCAL.addSubnet('0.0.0.0', 8, 'ipv4')
LOCAL.addSubnet('::', 127, 'ipv6')
LOCAL.addSubnet('fe80::', 10, 'ipv6')

/** Whether the canonical address means another host elsewhere. */
export function isLocalAddress (canonical: string): boolean {
  return LOCAL.check(canonical, isIPv4(canonical) ? 'ipv4' : 'ipv6')
}

/** As proxies and sockets write an address: in brackets, with a port. */
const WRAPPED = /^\[([^\]]*)\](?::\d{1,5})?$|^(\d+\.\d+\.\d+\.\d+):\d{1,5}$/

/** What one client has addresses of: an IPv4 address is one of a few, of IPv6 it gets a whole /64 (RFC 6177). Undefined for what is no address. */
export function networkOf (text: string): string | undefined {
  const [, inBrackets, beforePort] = WRAPPED.exec(text) ?? []
  // A zone names an interface of this host, for link-local addresses.
  const [address = ''] = (inBrackets ?? beforePort ?? text).split('%')
  if (!isAddressLiteral(address)) return undefined
  const canonical = canonicalAddress(address)
  if (isIPv4(canonical)) return canonical
  const [head = '', tail] = canonical.split('::')
  const before = head.split(':')
  const after = tail?.split(':') ?? []
  const groups = [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after]
  return `${groups.slice(0, 4).map(group => group || '0').join(':')}::/64`
}

import { createSocket } from 'node:dgram'
import { isIPv4 } from 'node:net'
import type { PeerConfiguration } from './native.js'
import { isUdpPortShared } from './native-connection.js'

type AddressOption = 'bindAddress' | 'udpPort' | 'portRange'

/** What the configuration asks of this host in vain. */
export interface AddressProblem {
  option: AddressOption
  problem: string
}

/** The native side frees a port a little after its last peer has closed, in milliseconds. */
const TIME_TO_FREE = 500
const RETRY_INTERVAL = 25

/** Tries to bind what the peers will, by binding it for a moment. Of a port range one that is free is enough. */
export async function findAddressProblem ({ bindAddress, udpPort, portRange }: PeerConfiguration): Promise<AddressProblem | undefined> {
  if (bindAddress !== undefined) {
    const code = await tryToBind(0, bindAddress)
    if (code) return { option: 'bindAddress', problem: `expected an address of this host, found ${bindAddress}: ${code}` }
  }
  if (udpPort !== undefined && !isUdpPortShared(udpPort)) {
    const code = await tryToBindFreed([udpPort], bindAddress)
    if (code) return { option: 'udpPort', problem: `expected a UDP port that is free, found ${udpPort}: ${code}` }
  }
  if (portRange) {
    const { begin, end } = portRange
    const code = await tryToBindFreed(Array.from({ length: end - begin + 1 }, (_, index) => begin + index), bindAddress)
    if (code) return { option: 'portRange', problem: `expected a UDP port from ${begin} to ${end} that is free, found none: ${code}` }
  }
}

/** Whether it was for want of a socket that the native side made no description. */
export function lacksSocket (error: unknown): boolean {
  return error instanceof Error && error.message.includes('Failed to gather local ICE candidates')
}

/** What a peer without a socket may be for want of, in words. */
export function describeAddress ({ bindAddress, udpPort, portRange }: PeerConfiguration): string {
  const options = [
    ...udpPort === undefined ? [] : [`udpPort ${udpPort} is taken`],
    ...portRange ? [`portRange ${portRange.begin} to ${portRange.end} is used up`] : [],
    ...bindAddress === undefined ? [] : [`bindAddress ${bindAddress} is no address of this host`],
    'no file descriptor is left'
  ]
  return `expected a UDP socket, found none: ${options.join(', or ')}`
}

/** The error code when none of the ports is free for a while. */
async function tryToBindFreed (ports: readonly number[], address: string | undefined): Promise<string | undefined> {
  for (const end = performance.now() + TIME_TO_FREE; ;) {
    let code: string | undefined
    for (const port of ports) {
      code = await tryToBind(port, address)
      if (!code) return undefined
    }
    if (code !== 'EADDRINUSE' || performance.now() > end) return code
    await new Promise(resolve => setTimeout(resolve, RETRY_INTERVAL))
  }
}

/** The error code, if there is one. Without an address as the native side does it: over IPv6 and IPv4, or IPv4 alone where there is no other. */
async function tryToBind (port: number, address: string | undefined): Promise<string | undefined> {
  if (address !== undefined) return await bind(isIPv4(address) ? 'udp4' : 'udp6', port, address)
  const code = await bind('udp6', port, '::')
  return code === undefined || code === 'EADDRINUSE' ? code : await bind('udp4', port, '0.0.0.0')
}

function bind (type: 'udp4' | 'udp6', port: number, address: string): Promise<string | undefined> {
  return new Promise(resolve => {
    const socket = createSocket(type)
    socket.once('error', ({ code }: NodeJS.ErrnoException) => {
      socket.close()
      resolve(code)
    })
    // In a worker of a cluster, too, a socket of its own.
    socket.bind({ port, address, exclusive: true }, () => socket.close(() => resolve(undefined)))
  })
}

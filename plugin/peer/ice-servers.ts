import type { IceServer as NativeIceServer } from 'node-datachannel'

/** W3C RTCIceServer, for programs that are compiled without the DOM's types: https://www.w3.org/TR/webrtc/#dom-rtciceserver */
export interface IceServer {
  urls: string | string[]
  username?: string
  credential?: string
}

/** The parts of a STUN or TURN URI. */
export interface IceUrl {
  scheme: 'stun' | 'stuns' | 'turn' | 'turns'
  /** A name, an IPv4 literal, or an IPv6 literal in brackets. */
  host: string
  port?: number
  transport?: 'udp' | 'tcp'
}

/** RFC 7064 and RFC 7065: scheme, host, port, transport. */
const ICE_URL = /^(stuns?|turns?):(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::(\d{1,5}))?(?:\?transport=(udp|tcp))?$/i
const DEFAULT_PORT = 3478
const MAX_PORT = 65535

/** Undefined for what is no such URI. */
export function parseIceUrl (url: unknown): IceUrl | undefined {
  const [, scheme, host, port, transport] = ICE_URL.exec(String(url)) ?? []
  if (!scheme || !host || Number(port) > MAX_PORT) return undefined
  return {
    scheme: scheme.toLowerCase() as IceUrl['scheme'],
    host,
    ...port && { port: Number(port) },
    ...transport && { transport: transport.toLowerCase() as IceUrl['transport'] }
  }
}

/** For a message: what some write before an @ in the URL is a secret. */
export function showIceUrl (url: unknown): string {
  return JSON.stringify(String(url).replace(/^([a-z]*:)?.*@/is, '$1…@'))
}

/** ICE servers in the native library's form. Throws a TypeError for a URL that the library cannot use: it speaks STUN and TURN over UDP. */
export function toNativeIceServers (iceServers: readonly IceServer[]): (string | NativeIceServer)[] {
  return iceServers.flatMap(({ urls, username, credential }) => [urls].flat().map(url => {
    const { scheme, host = '', port = DEFAULT_PORT, transport } = parseIceUrl(url) ?? {}
    if ((scheme !== 'stun' && scheme !== 'turn') || transport === 'tcp') throw new TypeError(`expected stun:host:port or turn:host:port over UDP, found ${showIceUrl(url)}`)
    if (scheme === 'stun') return `stun:${host}:${port}`
    if (!username || !credential) throw new TypeError(`expected username and credential beside ${showIceUrl(url)}`)
    return { hostname: host.replace(/^\[|\]$/g, ''), port, username, password: credential, relayType: 'TurnUdp' }
  }))
}

/** Whether there is a TURN server among them. */
export function hasTurnServer (iceServers: readonly IceServer[]): boolean {
  return toNativeIceServers(iceServers).some(server => typeof server === 'object')
}

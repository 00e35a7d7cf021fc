import type { IceServer as NativeIceServer } from 'node-datachannel'

/** W3C RTCIceServer, for programs that are compiled without the DOM's types: https://www.w3.org/TR/webrtc/#dom-rtciceserver */
export interface IceServer {
  urls: string | string[]
  username?: string
  credential?: string
}

/** RFC 7064 and RFC 7065: scheme, host (a name, an IPv4 literal, or an IPv6 literal in brackets), port, transport. */
const ICE_URL = /^(stun|turn):(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::(\d{1,5}))?(?:\?transport=udp)?$/i
const DEFAULT_PORT = 3478
const MAX_PORT = 65535

/** ICE servers in the native library's form. Throws a TypeError for a URL that the library cannot use: it speaks STUN and TURN over UDP. */
export function toNativeIceServers (iceServers: readonly IceServer[]): (string | NativeIceServer)[] {
  return iceServers.flatMap(({ urls, username, credential }) => [urls].flat().map(url => {
    const [, scheme, host, port] = ICE_URL.exec(url) ?? []
    if (!scheme || !host || Number(port ?? DEFAULT_PORT) > MAX_PORT) throw new TypeError(`expected stun:host:port or turn:host:port over UDP, found ${show(url)}`)
    const hostname = host.replace(/^\[|\]$/g, '')
    if (scheme.toLowerCase() === 'stun') return `stun:${host}:${port ?? DEFAULT_PORT}`
    if (!username || !credential) throw new TypeError(`expected username and credential beside ${show(url)}`)
    return { hostname, port: Number(port ?? DEFAULT_PORT), username, password: credential, relayType: 'TurnUdp' }
  }))
}

/** What some write before an @ in the URL is a secret. */
function show (url: unknown): string {
  return JSON.stringify(String(url).replace(/^([a-z]*:)?.*@/is, '$1…@'))
}

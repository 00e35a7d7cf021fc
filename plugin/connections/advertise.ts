import { isIPv4 } from 'node:net'
import type { WebRtcStats } from '../../schemas/stats.js'

/** The address, and the port where it differs, under which the far end reaches this server's peers. */
export interface AdvertisedAddress {
  /** An IP literal. */
  address: string
  /** Default the local port. */
  port?: number
}

/** Puts the advertised address in the place of the local one in every host candidate, for 1:1 NAT and containers; what becomes the same candidate is written once. */
export function advertise (sdp: string, { address, port }: AdvertisedAddress): string {
  const seen = new Set<string>()
  const lines = sdp.split('\r\n').flatMap(line => {
    const [, head, localPort, tail] = /^(a=candidate:\S+ \d+ UDP \d+ )\S+ (\d+)( typ host.*)$/i.exec(line) ?? []
    if (!head) return line.startsWith('c=IN ') ? `c=IN IP${isIPv4(address) ? 4 : 6} ${address}` : line
    const place = `${address} ${port ?? localPort}`
    if (seen.has(place)) return []
    seen.add(place)
    return `${head}${place}${tail}`
  })
  return lines.join('\r\n')
}

/** The same in statistics, which would tell the local address otherwise. */
export function advertiseInStats (stats: WebRtcStats, { address, port }: AdvertisedAddress): WebRtcStats {
  const { selectedCandidatePair: pair } = stats
  if (pair?.localCandidate.candidateType !== 'host') return stats
  return { ...stats, selectedCandidatePair: { ...pair, localCandidate: { ...pair.localCandidate, address, ...port !== undefined && { port } } } }
}

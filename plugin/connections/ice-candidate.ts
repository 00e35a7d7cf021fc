/** What is kept of a remote candidate: https://www.rfc-editor.org/rfc/rfc8839#section-5.1 */
export interface IceCandidate {
  foundation: string
  priority: number
  /** An IP literal, or what stands in its place in the SDP, for instance an mDNS name. */
  address: string
  port: number
  type: string
}

const CANDIDATE = /^([A-Za-z0-9+/]{1,32}) 1 udp (\d{1,10}) (\S{1,255}) (\d{1,5}) typ (host|srflx|prflx|relay)(?: |$)/i
const MAX_PRIORITY = 2 ** 31 - 1

/** Parses the value of a candidate attribute. Undefined for what cannot be used here: another transport than UDP, another component than RTP, or no candidate at all. */
export function parseIceCandidate (value: string): IceCandidate | undefined {
  const [, foundation, priority, address, port, type] = CANDIDATE.exec(value) ?? []
  if (!foundation || !address || !type) return undefined
  const candidate = { foundation, priority: Number(priority), address: address.toLowerCase(), port: Number(port), type: type.toLowerCase() }
  if (candidate.priority > MAX_PRIORITY || candidate.port < 1 || candidate.port > 65535) return undefined
  return candidate
}

/** The candidate attribute's value in the one form that is handed to the native side. */
export function formatIceCandidate ({ foundation, priority, address, port, type }: IceCandidate): string {
  // A related address is an attribute that only diagnostics use, but the grammar wants it for every type but host.
  const related = type === 'host' ? '' : ' raddr 0.0.0.0 rport 0'
  return `${foundation} 1 UDP ${priority} ${address} ${port} typ ${type}${related}`
}

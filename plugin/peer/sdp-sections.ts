/** A media section of a session description (RFC 8866, 5.14): its m-line and the lines below it. */
export interface SdpSection {
  kind: string
  port: number
  protocol: string
  /** Payload types, or the name of what data channels speak. */
  formats: string[]
  lines: string[]
}

export interface SdpSections {
  session: string[]
  sections: SdpSection[]
}

/** Divides the lines of a description. Throws an InvalidAccessError for an m-line that is none. */
export function parseSdpSections (lines: readonly string[]): SdpSections {
  const session: string[] = []
  const sections: SdpSection[] = []
  for (const line of lines) {
    if (line.startsWith('m=')) sections.push(parseMediaLine(line))
    else (sections.at(-1)?.lines ?? session).push(line)
  }
  return { session, sections }
}

/** The lines of an SDP, without what ends the last one. */
export function splitSdp (sdp: string): string[] {
  const lines = sdp.split(/\r?\n/)
  if (lines.at(-1) === '') lines.pop()
  return lines
}

/** The values of every attribute of the name, in the order of the lines. */
export function valuesOf (name: string, lines: readonly string[]): string[] {
  const start = `a=${name}:`
  return lines.filter(line => line.startsWith(start)).map(line => line.slice(start.length))
}

/** The mid of a section that was checked. */
export function midOf ({ lines }: SdpSection): string {
  return valuesOf('mid', lines)[0]!
}

/** Whether the section is refused, or no longer used. One that others carry in a bundle has port 0 too (RFC 9143, 6). */
export function isRejected ({ port, lines }: SdpSection): boolean {
  return port === 0 && !lines.includes('a=bundle-only')
}

function parseMediaLine (line: string): SdpSection {
  const [, kind, port, protocol, formats] = /^m=([a-z]+) (\d{1,5}) (\S+) (\S+(?: \S+)*)$/.exec(line) ?? []
  if (!kind || !protocol || !formats || Number(port) > 65535) throw new DOMException('expected m=kind port protocol format', 'InvalidAccessError')
  return { kind, port: Number(port), protocol, formats: formats.split(' '), lines: [] }
}

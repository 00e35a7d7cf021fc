import { readdirSync, readFileSync } from 'node:fs'
import type { WebRtcSessionDescription } from '../../plugin/index.js'

const FOLDER = new URL('../fixtures/', import.meta.url)

/** The descriptions of real implementations by name, such as `chromium-offer`. */
export const descriptions: ReadonlyMap<string, WebRtcSessionDescription> = new Map(readdirSync(FOLDER)
  .filter(name => name.endsWith('.sdp'))
  .map(name => [name.replace('.sdp', ''), { type: name.includes('offer') ? 'offer' : 'answer', sdp: readFileSync(new URL(name, FOLDER), 'utf8') }]))

export function description (name: string): WebRtcSessionDescription {
  const found = descriptions.get(name)
  if (!found) throw new Error(`expected one of ${[...descriptions.keys()].join(', ')}, found ${name}`)
  return found
}

/** The SDP with the attribute's value replaced, or without the attribute for `undefined`. */
export function withAttribute (sdp: string, name: string, value: string | undefined): string {
  const line = new RegExp(`^a=${name}(:.*)?\r?\n`, 'm')
  if (!line.test(sdp)) throw new Error(`expected an a=${name}, found none`)
  return sdp.replace(line, () => value === undefined ? '' : `a=${name}:${value}\r\n`)
}

/** The SDP with more lines at its end, in its last media section. */
export function withLines (sdp: string, ...lines: string[]): string {
  return [sdp.trimEnd(), ...lines, ''].join('\r\n')
}

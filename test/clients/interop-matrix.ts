import { readFileSync, writeFileSync } from 'node:fs'
import { isComplete, MESSAGES, type SeenPeer } from './echo-server.js'
import { LANGUAGES, type Language } from './languages.js'

const FILE = new URL('../../docs/clients.md', import.meta.url)
const BEGIN = '<!-- interop: made by `npm run test:clients -- --write` -->\n'
const END = '<!-- /interop -->'

const HEAD = `| | generator | WebRTC stack | the server offers | the client offers | trickle | reconnect | renegotiation |
| --- | --- | --- | --- | --- | --- | --- | --- |
`

/** What a row says, or undefined where docs/clients.md has none. */
export function readRow ({ name }: Language): string | undefined {
  return readDocument().matrix.split('\n').find(line => line.startsWith(`| ${name} |`))
}

/** What came from a language's client, as a row. */
export function createRow ({ name, generator, stack }: Language, peers: SeenPeer[]): string {
  const directions = (['server', 'client'] as const).map(end => peers.filter(({ offers }) => offers === end))
  const connects = directions.map(seen => seen.filter(({ prefix }) => prefix === '/echo')).map(seen => `${seen.filter(isComplete).length} of ${seen.length}`)
  const both = (is: (peer: SeenPeer) => boolean) => directions.every(seen => seen.some(peer => isComplete(peer) && is(peer))) ? 'yes' : 'no'
  const others = [both(({ isTrickle }) => isTrickle), both(({ isReconnect }) => isReconnect), both(({ messagesAfterRenegotiation }) => messagesAfterRenegotiation === MESSAGES)]
  return `| ${[name, generator, stack, ...connects, ...others].join(' | ')} |`
}

/** Puts the rows in place of those there are. */
export function writeRows (rows: ReadonlyMap<Language, string>): void {
  const lines = LANGUAGES.map(language => rows.get(language) ?? readRow(language)).filter(row => row !== undefined)
  const { before, after } = readDocument()
  writeFileSync(FILE, `${before}${HEAD}${lines.join('\n')}\n${after}`)
}

function readDocument (): { before: string, matrix: string, after: string } {
  const [before, rest = ''] = readFileSync(FILE, 'utf8').split(BEGIN)
  const [matrix, after] = rest.split(END)
  if (before === undefined || matrix === undefined || after === undefined) throw new Error(`docs/clients.md: expected the matrix between ${BEGIN.trim()} and ${END}`)
  return { before: before + BEGIN, matrix, after: END + after }
}

import { readdir, readFile } from 'node:fs/promises'

/** What the pages tell about an example. */
export interface Example {
  name: string
  /** The heading of its README. */
  title: string
  /** The first paragraph of its README. */
  description: string
  sources: Source[]
}

export interface Source {
  file: string
  /** Where it runs. */
  side: string
  text: string
}

/** Reads the folder of an example. */
export async function readExample (name: string): Promise<Example> {
  const folder = new URL(`../${name}/`, import.meta.url)
  const read = (file: string) => readFile(new URL(file, folder), 'utf8')
  const [heading = '', description = ''] = (await read('README.md')).split(/\n\n+/)
  const files = (await readdir(folder)).filter(file => file.endsWith('.ts'))
  const texts = new Map(await Promise.all(files.map(async file => [file, await read(file)] as const)))
  return {
    name,
    title: heading.replace(/^# /, ''),
    description: description.replaceAll('\n', ' '),
    sources: sourcesOf(texts)
  }
}

/** The two files that everything begins with, and what they import of their folder. */
function sourcesOf (texts: Map<string, string>): Source[] {
  const server = importedBy('server.ts', texts)
  const browser = importedBy('browser.ts', texts)
  const sideOf = (file: string) => !browser.has(file) ? 'in the server' : server.has(file) ? 'at both ends' : 'in the browser'
  return [...server, ...[...browser].filter(file => !server.has(file))].map(file => ({ file, side: sideOf(file), text: texts.get(file)! }))
}

/** The file, and those of its folder that it imports, or one of them does, but for types. */
function importedBy (file: string, texts: Map<string, string>, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found
  found.add(file)
  for (const [, name] of texts.get(file)!.matchAll(/^import (?!type ).+ from '\.\/(.+)\.js'/gm)) importedBy(`${name}.ts`, texts, found)
  return found
}

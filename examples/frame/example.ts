import { readFile } from 'node:fs/promises'

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
  const read = (file: string) => readFile(new URL(`../${name}/${file}`, import.meta.url), 'utf8')
  const [heading = '', description = ''] = (await read('README.md')).split(/\n\n+/)
  return {
    name,
    title: heading.replace(/^# /, ''),
    description: description.replaceAll('\n', ' '),
    sources: [
      { file: 'server.ts', side: 'in the server', text: await read('server.ts') },
      { file: 'browser.ts', side: 'in the browser', text: await read('browser.ts') }
    ]
  }
}

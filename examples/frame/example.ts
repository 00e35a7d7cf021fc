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
  const others = (await readdir(folder)).filter(file => file.endsWith('.ts') && file !== 'server.ts' && file !== 'browser.ts')
  return {
    name,
    title: heading.replace(/^# /, ''),
    description: description.replaceAll('\n', ' '),
    sources: await Promise.all(['server.ts', ...others, 'browser.ts'].map(async file => ({
      file,
      side: file === 'browser.ts' ? 'in the browser' : 'in the server',
      text: await read(file)
    })))
  }
}

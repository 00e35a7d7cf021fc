/** Says which OpenSSL the native library of this platform carries (on standard error), and which documents say otherwise (on standard output; the exit code is then 1). */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

/** Where a reader is told. */
const DOCUMENTS = ['README.md', 'docs/security.md']

export interface NativeLibrary {
  path: string
  openssl: string
}

/** The library as node-datachannel itself finds it: a build of one's own comes before the package of the platform. */
export function readNativeLibrary (): NativeLibrary {
  const require = createRequire(import.meta.url)
  require('node-datachannel')
  const path = Object.keys(require.cache).find(path => path.endsWith('node_datachannel.node'))
  if (!path) throw new Error('expected node-datachannel to load a native library, found none')
  const [, openssl] = /OpenSSL (\d+\.\d+\.\d+[a-z]*) +\d+ [A-Z][a-z]{2} \d{4}/.exec(readFileSync(path, 'latin1')) ?? []
  if (!openssl) throw new Error(`expected ${path} to name its OpenSSL, found nothing`)
  return { path, openssl }
}

/** The documents that do not name the version. What they say is said of Linux. */
export function wrongDocuments (openssl: string, platform = process.platform): string[] {
  return platform === 'linux' ? DOCUMENTS.filter(path => !readFileSync(path, 'utf8').includes(`OpenSSL ${openssl}`)) : []
}

if (import.meta.url === pathToFileURL(process.argv[1]!).href) {
  const { path, openssl } = readNativeLibrary()
  console.error(`OpenSSL ${openssl} in ${path}`)
  for (const document of wrongDocuments(openssl)) {
    console.log(`${document}: expected OpenSSL ${openssl}, found no word of it`)
    process.exitCode = 1
  }
}

/** Writes what an installation of this package consists of to the file that is its argument, as CycloneDX 1.5 (`npm sbom` leaves out what development depends on as well, and knows nothing of what is in a native library). */
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { readNativeLibrary } from './openssl.js'

interface LockedPackage {
  version: string
  license: string
  integrity?: string
  dev?: boolean
  peer?: boolean
  optional?: boolean
  /** To a folder of this repository. */
  link?: boolean
}

interface Component {
  type: 'library'
  'bom-ref': string
  name: string
  version?: string
  scope: 'required' | 'optional'
  purl?: string
  licenses?: { license: { id: string } }[]
  hashes?: { alg: string, content: string }[]
  components?: Component[]
}

/** Names of licences that packages write otherwise than SPDX. */
const SPDX: Record<string, string> = { 'MPL 2.0': 'MPL-2.0' }

/** What libdatachannel brings with it; the library says nothing of their versions. */
const IN_LIBDATACHANNEL = ['libjuice', 'libsrtp', 'plog', 'usrsctp']

export function createSbom (): { bomFormat: string, specVersion: string, version: number, metadata: object, components: Component[] } {
  const { name, version, packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { name: string, version: string, packages: Record<string, LockedPackage> }
  const components = productionPackages(packages).map(([path, locked]) => packageComponent(path.split('node_modules/').at(-1)!, locked))
  components.find(({ name }) => name === 'node-datachannel')!.components = nativeComponents()
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: { component: { type: 'library', 'bom-ref': name, name, version, purl: purl(name, version), licenses: [{ license: { id: packages['']!.license } }] } },
    components
  }
}

/** What an installation without development's packages has; those of other platforms are optional. A link leads to what is development's. */
export function productionPackages <Package extends Pick<LockedPackage, 'dev' | 'peer' | 'link'>> (packages: Record<string, Package>): [path: string, Package][] {
  return Object.entries(packages).filter(([path, { dev, peer, link }]) => path !== '' && !dev && !peer && !link)
}

function packageComponent (name: string, { version, license, integrity, optional }: LockedPackage): Component {
  const [algorithm, hash] = integrity?.split('-') ?? []
  return {
    type: 'library',
    'bom-ref': `${name}@${version}`,
    name,
    version,
    scope: optional ? 'optional' : 'required',
    purl: purl(name, version),
    licenses: [{ license: { id: SPDX[license] ?? license } }],
    ...algorithm === 'sha512' && { hashes: [{ alg: 'SHA-512', content: Buffer.from(hash!, 'base64').toString('hex') }] }
  }
}

/** What is in the native library, of this platform where platforms differ. */
function nativeComponents (): Component[] {
  const cmake = readFileSync(createRequire(import.meta.url).resolve('node-datachannel').replace(/dist\/.*/, 'CMakeLists.txt'), 'utf8')
  const [, libdatachannel] = /GIT_TAG "v([\d.]+)"/.exec(cmake)!
  const { openssl } = readNativeLibrary()
  const component = (name: string, version?: string): Component => ({ type: 'library', 'bom-ref': `native/${name}`, name, version, scope: 'required' })
  return [component('libdatachannel', libdatachannel), component('openssl', openssl), ...IN_LIBDATACHANNEL.map(name => component(name))]
}

function purl (name: string, version: string): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`
}

if (import.meta.url === pathToFileURL(process.argv[1]!).href) writeFileSync(process.argv[2]!, `${JSON.stringify(createSbom(), null, 2)}\n`)

import { readFileSync } from 'node:fs'
import t from 'tap'
import { readNativeLibrary, wrongDocuments } from '../../scripts/openssl.js'
import { createSbom, productionPackages } from '../../scripts/sbom.js'

interface LockedPackage {
  version: string
  license: string
  integrity?: string
  hasInstallScript?: boolean
  dev?: boolean
  peer?: boolean
  link?: boolean
}

const packages = productionPackages(JSON.parse(readFileSync('package-lock.json', 'utf8')).packages as Record<string, LockedPackage>)
const names = [...new Set(packages.map(([path]) => path.split('node_modules/').at(-1)!))].sort()

/** Who is trusted: what an installation of this package brings. Another one is to be looked at first. */
const TRUSTED = [
  '@fastify/error', '@fastify/merge-json-schemas', '@fastify/swagger',
  ...['android-arm64', 'darwin-arm64', 'darwin-x64', 'linux-arm64-gnu', 'linux-arm64-musl', 'linux-x64-gnu', 'linux-x64-musl', 'win32-arm64-msvc', 'win32-x64-msvc'].map(platform => `@node-datachannel/${platform}`),
  '@sinclair/typebox', 'ajv', 'ajv-formats', 'debug', 'dequal', 'detect-libc', 'fast-deep-equal', 'fast-json-stringify', 'fast-uri', 'fastify-plugin', 'json-schema-ref-resolver', 'json-schema-resolver',
  'json-schema-traverse', 'ms', 'node-datachannel', 'openapi-fetch', 'openapi-types', 'openapi-typescript-helpers', 'require-from-string', 'rfdc', 'yaml'
]

const LICENSES = ['Apache-2.0', 'BSD-3-Clause', 'ISC', 'MIT', 'MPL 2.0']

t.test('an installation -> the packages that were looked at, and no other', async t => {
  t.strictSame(names, TRUSTED)
})

t.test('an installation -> no package runs a script', async t => {
  t.strictSame(packages.filter(([, { hasInstallScript }]) => hasInstallScript), [])
})

t.test('an installation -> every package with a hash, and under a licence that anybody may use', async t => {
  t.strictSame(packages.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([path]) => path), [])
  t.strictSame([...new Set(packages.map(([, { license }]) => license))].sort(), LICENSES)
})

t.test('node-datachannel and its native packages -> one version, exactly', async t => {
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
  const versions = packages.filter(([path]) => path.includes('node-datachannel')).map(([, { version }]) => version)
  t.ok(versions.length > 1)
  t.strictSame([...new Set(versions)], [dependencies['node-datachannel']])
  const { optionalDependencies } = JSON.parse(readFileSync('node_modules/node-datachannel/package.json', 'utf8'))
  t.strictSame([...new Set(Object.values(optionalDependencies))], [dependencies['node-datachannel']])
})

t.test('the native library -> says which OpenSSL it carries, and the documents say the same', async t => {
  const { path, openssl } = readNativeLibrary()
  t.match(path, /node_datachannel\.node$/)
  t.match(openssl, /^\d+\.\d+\.\d+[a-z]*$/)
  t.strictSame(wrongDocuments(openssl), [])
  t.ok(wrongDocuments('0.9.8zh', 'linux').includes('README.md'))
  t.strictSame(wrongDocuments('0.9.8zh', 'darwin'), [])
})

t.test('the SBOM -> every package of an installation, with its hash, and what is in the native library', async t => {
  const { bomFormat, specVersion, components } = createSbom()
  t.strictSame([bomFormat, specVersion], ['CycloneDX', '1.5'])
  t.strictSame([...new Set(components.map(({ name }) => name))].sort(), TRUSTED)
  t.ok(components.every(({ purl, licenses, hashes }) => purl!.startsWith('pkg:npm/') && /^[\w.-]+$/.test(licenses![0]!.license.id) && /^[0-9a-f]{128}$/.test(hashes![0]!.content)))
  t.equal(new Set(components.map(component => component['bom-ref'])).size, components.length)
  const native = components.find(({ name }) => name === 'node-datachannel')!.components!
  t.match(native, [{ name: 'libdatachannel', version: /^0\.\d+\.\d+$/ }, { name: 'openssl', version: readNativeLibrary().openssl }, { name: 'libjuice' }])
})

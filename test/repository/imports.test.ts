import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import t from 'tap'
import { readModules, type Module } from './modules.js'

const ENTRIES = ['plugin/index.ts', 'plugin/cluster-nats.ts', 'generated-client/index.ts']

/** Which rooms a room may import from, beside itself; what is in brackets, types alone. */
const ROOMS: Record<string, string[]> = {
  schemas: [],
  'generated-client': [],
  'plugin/errors': [],
  'plugin/settles-within': [],
  'plugin/random-text': [],
  'plugin/turns': [],
  'plugin/peer': ['(schemas)', 'plugin/settles-within', 'plugin/turns'],
  'plugin/cluster': ['plugin/errors', 'plugin/option-checks', 'plugin/random-text', 'plugin/settles-within'],
  'plugin/nats': ['plugin/errors', 'plugin/cluster', 'plugin/option-checks', 'plugin/settles-within'],
  'plugin/cluster-nats': ['plugin/nats'],
  'plugin/connections': ['schemas', 'plugin/errors', 'plugin/option-checks', 'plugin/options', 'plugin/peer', 'plugin/random-text', 'plugin/settles-within', 'plugin/turns'],
  'plugin/option-checks': ['plugin/errors'],
  'plugin/options': ['plugin/errors', 'plugin/option-checks', '(plugin/cluster)', 'plugin/connections', 'plugin/peer', 'plugin/random-text'],
  'plugin/routes': ['schemas', 'plugin/errors', 'plugin/options', 'plugin/connections', 'plugin/random-text', 'plugin/turns', '(plugin/cluster)'],
  'plugin/index': ['schemas', 'plugin/cluster', 'plugin/connections', 'plugin/routes', 'plugin/peer', '(plugin/options)']
}

/** Which packages a room may import, and whether it may use Node's own modules. */
const PACKAGES: Record<string, string[]> = {
  schemas: ['@sinclair/typebox'],
  'generated-client': ['openapi-fetch'],
  'plugin/errors': ['@fastify/error'],
  'plugin/random-text': ['node:'],
  'plugin/peer': ['node:', 'node-datachannel'],
  'plugin/cluster': ['node:', '@sinclair/typebox', 'ajv'],
  'plugin/nats': ['@nats-io/transport-node'],
  'plugin/connections': ['node:'],
  'plugin/option-checks': ['node:'],
  'plugin/options': ['node:', '(fastify)'],
  'plugin/routes': ['node:', '(fastify)', '@fastify/swagger', '@sinclair/typebox', 'ajv', 'fast-json-stringify'],
  'plugin/index': ['(fastify)', 'fastify-plugin']
}

const modules = readModules(['plugin', 'schemas', 'generated-client'])

t.test('imports of a room -> other rooms -> one way', async t => {
  const found = allImports()
    .filter(({ path }) => isRelative(path))
    .filter(({ module, path, isType }) => !isAllowed(room(module.path), room(resolve(module, path)), isType, ROOMS))
  t.strictSame(found.map(show), [])
})

t.test('imports of a room -> packages -> its own alone', async t => {
  const found = allImports()
    .filter(({ path }) => !isRelative(path))
    .filter(({ module, path, isType }) => !isAllowed(room(module.path), packageName(path), isType, PACKAGES))
  t.strictSame(found.map(show), [])
})

t.test('imports of siblings -> files, never an index', async t => {
  t.strictSame(allImports().filter(({ path }) => /^\.\.?(\/.*)?\/index(\.js)?$|^\.\.?\/?$/.test(path)).map(show), [])
})

t.test('imports of values -> followed -> no circle', async t => {
  t.strictSame(findCircle(), undefined)
})

t.test('files of the package -> followed from its entries -> each is reached', async t => {
  const reached = new Set<string>()
  const follow = (path: string) => {
    if (reached.has(path)) return
    reached.add(path)
    for (const imported of importedFiles(modules.get(path)!)) follow(imported)
  }
  ENTRIES.forEach(follow)
  t.strictSame([...modules.keys()].filter(path => !reached.has(path)), [])
})

t.test('package.json -> dependencies -> those that are imported', async t => {
  const { dependencies, peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
  const imported = new Set(allImports().map(({ path }) => packageName(path)).filter(name => !isRelative(name) && name !== 'node:'))
  t.strictSame(Object.keys({ ...dependencies, ...peerDependencies }).sort(), [...imported].sort())
})

function allImports () {
  return [...modules.values()].flatMap(module => module.imports.map(({ path, isType }) => ({ module, path, isType })))
}

function isAllowed (from: string, to: string, isType: boolean, table: Record<string, string[]>): boolean {
  const allowed = table[from] ?? []
  return from === to || allowed.includes(to) || (isType && allowed.includes(`(${to})`))
}

function isRelative (path: string): boolean {
  return path.startsWith('.')
}

/** The folder of a file, or the file itself where it is a room of its own. */
function room (path: string): string {
  const [folder = '', name = '', ...rest] = path.replace(/\.ts$/, '').split('/')
  return folder !== 'plugin' ? folder : [folder, name].join('/') + (rest.length > 1 ? '/...' : '')
}

function packageName (path: string): string {
  if (isBuiltin(path)) return 'node:'
  return path.split('/').slice(0, path.startsWith('@') ? 2 : 1).join('/')
}

function resolve (module: Module, path: string): string {
  return join(module.path, '..', path).replace(/\.js$/, '.ts')
}

function importedFiles (module: Module, { values = false } = {}): string[] {
  return module.imports.filter(({ path, isType }) => isRelative(path) && !(values && isType)).map(({ path }) => resolve(module, path))
}

/** The files of a circle, if there is one. */
function findCircle (): string[] | undefined {
  const done = new Set<string>()
  const visit = (path: string, trail: string[]): string[] | undefined => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path]
    if (done.has(path)) return undefined
    for (const next of importedFiles(modules.get(path)!, { values: true })) {
      const circle = visit(next, [...trail, path])
      if (circle) return circle
    }
    done.add(path)
  }
  for (const path of modules.keys()) {
    const circle = visit(path, [])
    if (circle) return circle
  }
}

function show ({ module, path, isType }: { module: Module, path: string, isType: boolean }): string {
  return `${module.path}: import ${isType ? 'type ' : ''}'${path}'`
}

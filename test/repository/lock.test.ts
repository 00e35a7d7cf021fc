import { readFileSync } from 'node:fs'
import t from 'tap'

interface LockedPackage {
  version: string
  resolved?: string
  /** To a folder of this repository. */
  link?: boolean
  hasInstallScript?: boolean
}

const { scripts, dependencies, allowScripts } = JSON.parse(readFileSync('package.json', 'utf8'))
const packages = Object.entries<LockedPackage>(JSON.parse(readFileSync('package-lock.json', 'utf8')).packages)

t.test('package-lock.json -> every package -> from whichever registry npm is set to', async t => {
  t.strictSame(packages.filter(([, { resolved, link }]) => resolved !== undefined && !link).map(([path]) => path), [])
})

t.test('package-lock.json -> packages with an install script -> each decided on', async t => {
  const names = packages.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path.split('node_modules/').at(-1)!)
  t.strictSame([...new Set(names)].sort(), Object.keys(allowScripts).sort())
})

t.test('package.json -> scripts -> none that an installation runs', async t => {
  t.strictSame(Object.keys(scripts).filter(name => /^(pre|post)?(install|prepare)$|^dependencies$/.test(name)), [])
})

t.test('package.json -> node-datachannel -> pinned', async t => {
  t.match(dependencies['node-datachannel'], /^\d+\.\d+\.\d+$/)
})

/**
 * What is downloaded, installed and waited for until there is a server: the client's bundle, the installation, and the time from the
 * start of Node to the first answer, beside geckos.io, whose node-datachannel is overridden to the version here. Both are installed
 * for it, from the registry or npm's cache, without their scripts.
 *
 *   npm run bench:size -- [--runs 10]
 */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { report, type Rows } from './report.js'
import { percentile } from './statistics.js'

interface Project {
  /** What `npm install` is asked for. */
  packages: string[]
  client: string
  /** A module that makes a server which answers every GET, and `listening`, a promise of its URL. */
  server: string
}

const { values: { runs } } = parseArgs({ options: { runs: { type: 'string', default: '10' } } })

const folder = mkdtempSync(join(tmpdir(), 'bench-size-'))
execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { stdio: 'ignore' })
const tarball = join(folder, readdirSync(folder)[0]!)

const BARE = `import Fastify from 'fastify'
const app = Fastify()
app.get('/', async () => 'hello')
export const listening = app.listen({ host: '127.0.0.1', port: 0 })`

const PROJECTS: Record<string, Project> = {
  'fastify-webrtc': {
    packages: [tarball, `fastify@${installedVersion('fastify')}`],
    client: "export { ConnectionClient } from 'fastify-webrtc/client'",
    server: BARE.replace('\n', "\nimport signaling from 'fastify-webrtc'\n").replace('app.get', "app.register(signaling, { prefix: '/echo' })\napp.get")
  },
  'geckos.io, on node:http': {
    packages: ['server', 'client'].map(name => `@geckos.io/${name}@${installedVersion(`@geckos.io/${name}`)}`),
    client: "export { geckos } from '@geckos.io/client'",
    server: `import { createServer } from 'node:http'
import { once } from 'node:events'
import { geckos } from '@geckos.io/server'
const server = createServer((request, response) => { if (request.url === '/') response.end('hello') })
geckos().addServer(server)
server.listen(0, '127.0.0.1')
export const listening = once(server, 'listening').then(() => \`http://127.0.0.1:\${server.address().port}\`)`
  },
  'fastify alone': { packages: [`fastify@${installedVersion('fastify')}`], client: '', server: BARE }
}

const rows: Rows = {}
for (const [index, [name, project]] of Object.entries(PROJECTS).entries()) {
  const path = join(folder, String(index))
  install(path, project)
  const starts: number[] = []
  for (let run = 0; run < Number(runs); run++) starts.push(await start(path))
  const bundle = project.client === '' ? undefined : await bundled(path, project.client)
  rows[name] = {
    'client, minified KB': bundle ? (bundle.length / 1000).toFixed(1) : '',
    'client, gzip KB': bundle ? (gzipSync(bundle).length / 1000).toFixed(1) : '',
    'installed MB': (diskUsage(join(path, 'node_modules')) / 1e6).toFixed(1),
    'without native MB': ((diskUsage(join(path, 'node_modules')) - nativeSize(path)) / 1e6).toFixed(1),
    packages: execFileSync('npm', ['ls', '--all', '--parseable'], { cwd: path, encoding: 'utf8' }).trim().split('\n').length - 1,
    'start to first answer ms': percentile(starts, 50).toFixed(0)
  }
}
rmSync(folder, { recursive: true })
report('size', `Size and start; medians of ${runs} starts`, rows)

function install (path: string, { packages, server }: Project): void {
  execFileSync('mkdir', [path])
  writeFileSync(join(path, 'package.json'), JSON.stringify({ private: true, type: 'module', overrides: { 'node-datachannel': installedVersion('node-datachannel') } }))
  writeFileSync(join(path, 'server.js'), `${server}\nlistening.then(console.log)\n`)
  execFileSync('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', ...packages], { cwd: path, stdio: 'ignore' })
}

/** From the start of the process to its first answer, in milliseconds. */
async function start (path: string): Promise<number> {
  const begin = performance.now()
  const child = spawn(process.execPath, ['server.js'], { cwd: path, stdio: ['ignore', 'pipe', 'inherit'] })
  const [url] = await once(child.stdout!.setEncoding('utf8'), 'data') as [string]
  await (await fetch(url.trim())).text()
  const duration = performance.now() - begin
  child.kill('SIGKILL')
  await once(child, 'exit')
  return duration
}

async function bundled (path: string, contents: string): Promise<Uint8Array> {
  const { outputFiles: [output] } = await build({ stdin: { contents, resolveDir: path }, absWorkingDir: path, bundle: true, minify: true, format: 'esm', platform: 'browser', write: false, logLevel: 'silent' })
  return output!.contents
}

function nativeSize (path: string): number {
  const native = join(path, 'node_modules/@node-datachannel')
  return existsSync(native) ? diskUsage(native) : 0
}

/** In bytes. */
function diskUsage (path: string): number {
  return Number(execFileSync('du', ['-sb', path], { encoding: 'utf8' }).split('\t')[0])
}

function installedVersion (name: string): string {
  return JSON.parse(readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), 'utf8')).version
}

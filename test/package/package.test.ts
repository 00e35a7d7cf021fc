import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import t, { type Test } from 'tap'

const MAX_BUNDLE_SIZE = 12_000
const DOCUMENTS = ['openapi.yaml', 'openapi-3.0.yaml']

// An installation from a cold cache is as slow as the network.
t.setTimeout(300_000)

// Outside the repository, whose own packages are not to be found from there.
const folder = mkdtempSync(join(tmpdir(), 'fastify-webrtc-'))
t.teardown(() => rmSync(folder, { recursive: true }))
const packed = join(folder, 'packed')
const project = join(folder, 'project')

t.test('npm pack', async t => {
  mkdirSync(packed)
  if (!succeeds(t, run('npm', ['pack', '--silent', '--pack-destination', packed]))) return
  const tarball = join(packed, readdirSync(packed)[0]!)

  t.test('publint, strict -> nothing to say', async t => {
    succeeds(t, run('node_modules/.bin/publint', [tarball, '--strict']))
  })

  t.test('attw, esm-only -> every entry has its types', async t => {
    succeeds(t, run('node_modules/.bin/attw', [tarball, '--profile', 'esm-only', '--exclude-entrypoints', ...DOCUMENTS, 'package.json']))
  })

  t.test('npm install -> in a fresh project', async t => {
    cpSync('test/package/consumer', project, { recursive: true })
    const others = ['fastify', '@types/node', '@nats-io/transport-node'].map(name => `${name}@${installedVersion(name)}`)
    if (!succeeds(t, run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', tarball, ...others], project))) return

    t.test('import -> makes a peer, closes -> exits by itself', async t => {
      const result = run(process.execPath, ['import.mjs'], project)
      succeeds(t, result)
      t.strictSame(JSON.parse(result.stdout), { statusCode: 201, client: 'function', versions: ['3.1.0', '3.0.3'] })
    })

    t.test('fastify-webrtc -> loads nothing of NATS; fastify-webrtc/cluster-nats -> does', async t => {
      const result = run(process.execPath, ['cluster.mjs'], project)
      succeeds(t, result)
      t.strictSame(JSON.parse(result.stdout), { before: false, cluster: 'function', isConnected: false, after: true })
    })

    t.test('require -> makes a peer, closes -> exits by itself', async t => {
      const result = run(process.execPath, ['require.cjs'], project)
      succeeds(t, result)
      t.strictSame(JSON.parse(result.stdout), { statusCode: 201, client: 'function' })
    })

    t.test("a server's types, strict, without the DOM -> compile", async t => {
      succeeds(t, compile('tsconfig.server.json'))
    })

    t.test("a browser's types, strict, without Node -> compile", async t => {
      succeeds(t, compile('tsconfig.client.json'))
    })

    t.test(`fastify-webrtc/client -> bundled -> at most ${MAX_BUNDLE_SIZE} bytes, no server code`, async t => {
      const { metafile, outputFiles: [output] } = await build({
        absWorkingDir: project,
        stdin: { contents: "export { ConnectionClient } from 'fastify-webrtc/client'", resolveDir: project },
        bundle: true,
        minify: true,
        format: 'esm',
        platform: 'browser',
        metafile: true,
        write: false,
        logLevel: 'silent'
      })
      const size = gzipSync(output!.contents).length
      t.ok(size <= MAX_BUNDLE_SIZE, `${size} bytes`)
      const files = Object.keys(metafile.inputs).filter(path => path !== '<stdin>')
      t.strictSame(files.filter(path => !/^node_modules\/(fastify-webrtc\/dist\/generated-client|openapi-fetch)\//.test(path)), [])
      t.ok(files.includes('node_modules/fastify-webrtc/dist/generated-client/connection-client.js'))
    })
  })
})

/** Without what npm and tap give to the processes below them. */
function run (command: string, args: string[], cwd = '.') {
  const isOurs = (name: string) => /^npm_|^_?TAP/i.test(name)
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !isOurs(name)))
  // tap puts NODE_OPTIONS back into whatever a test spawns.
  return spawnSync('env', ['-u', 'NODE_OPTIONS', command, ...args], { cwd, env, encoding: 'utf8', timeout: 120_000 })
}

function succeeds (t: Test, { status, signal, stdout, stderr }: ReturnType<typeof run>): boolean {
  return t.equal(status, 0, signal ?? 'exit code', { stdout, stderr })
}

function compile (config: string) {
  return run(process.execPath, [resolve('node_modules/typescript/bin/tsc'), '-p', config], project)
}

function installedVersion (name: string): string {
  return JSON.parse(readFileSync(join('node_modules', name, 'package.json'), 'utf8')).version
}

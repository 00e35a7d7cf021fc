import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import t, { type Test } from 'tap'
import { within } from '../helpers/deadline.js'
import { readOrigin, startDemo } from '../helpers/demo.js'

t.setTimeout(180_000)

t.test('npm start prints its URL in one line, and the URL answers', async t => {
  const child = startDemo(t, { HOST: '127.0.0.2' })
  const origin = await readOrigin(child)
  t.match(origin, /^http:\/\/127\.0\.0\.2:\d+$/)
  const answer = await fetch(origin)
  t.equal(answer.status, 200)
  t.match(await answer.text(), '<h1>')
  child.process.kill('SIGTERM')
  const { stdout, stderr } = await child.ended
  t.equal(stdout, `The examples are at ${origin}/\n`)
  t.equal(stderr, '')
})

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  t.test(`${signal} with an open connection ends the process with exit code 0`, async t => {
    const child = startDemo(t, { DRAIN_SECONDS: '1' })
    const origin = await readOrigin(child)
    t.equal((await fetch(`${origin}/readyz`)).status, 200)
    t.equal((await fetch(`${origin}/ping-pong/connections`, { method: 'POST' })).status, 201)
    child.process.kill(signal)
    t.equal(await child.line(), 'Waiting up to 1 s for those who are connected. A second signal ends at once.')
    t.equal((await fetch(`${origin}/readyz`)).status, 503)
    t.match(await within(child.ended, 'the end of the process', 5000), { exitCode: 0, signal: null, stderr: '' })
  })
}

t.test('a second signal ends the process at once, whatever it waits for', async t => {
  const child = startDemo(t)
  const { hostname, port } = new URL(await readOrigin(child))
  const socket = connect(Number(port), hostname)
  t.teardown(() => socket.destroy())
  const closed = new Promise<void>(resolve => socket.on('error', () => {}).on('close', () => resolve()))
  // With `expect` the server tells that it has begun to wait for the body.
  socket.write('POST /ping-pong/connections HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\nexpect: 100-continue\r\n\r\n')
  t.match(await within(new Promise<Buffer>(resolve => socket.once('data', resolve)), '100 Continue'), /^HTTP\/1\.1 100/)

  child.process.kill('SIGTERM')
  await refused(hostname, Number(port))
  t.equal(child.process.exitCode, null, 'the first waits for the request')
  child.process.kill('SIGINT')
  t.match(await within(child.ended, 'the end of the process', 5000), { exitCode: null, signal: 'SIGINT' })
  await within(closed, 'the end of the request')
})

t.test('npm start leaves no server behind when npm alone gets the signal', async t => {
  const npm = spawn('env', ['-u', 'NODE_OPTIONS', 'npm', 'start', '--silent'], { env: { ...process.env, PORT: '0' }, detached: true, stdio: ['ignore', 'pipe', 'ignore'] })
  t.teardown(() => {
    try {
      process.kill(-npm.pid!, 'SIGKILL')
    } catch {
      // Nobody is left of its group.
    }
  })
  const [line] = await within(once(createInterface(npm.stdout), 'line'), 'a line of npm start', 20_000)
  const { hostname, port } = new URL(String(line).slice(String(line).indexOf('http:')))
  npm.kill('SIGTERM')
  await refused(hostname, Number(port))
})

t.test('npm start on a port that is taken says so in one sentence and exits with 1', async t => {
  const port = await takeTcpPort(t, '127.0.0.1')
  const result = await startDemo(t, { PORT: port }).ended
  t.match(result, { exitCode: 1, stdout: '', stderr: `Port ${port} is taken on 127.0.0.1: stop what uses it, or choose another with PORT.\n` })
})

t.test('npm start on an address that is not this machine\'s says so in one sentence and exits with 1', async t => {
  const result = await startDemo(t, { HOST: '192.0.2.200' }).ended
  t.match(result, { exitCode: 1, stdout: '', stderr: /^Cannot listen on 192\.0\.2\.200, port 0: .+\.\n$/ })
})

t.test('npm start with WORKERS=2 -> each listens on a port of its own, and when one is taken none serves', async t => {
  const port = Number(await takeTcpPort(t, '127.0.0.2'))
  const child = startDemo(t, { WORKERS: '2', HOST: '127.0.0.3', PORT: String(port) })
  const ports = [await readOrigin(child), await readOrigin(child)].map(origin => Number(new URL(origin).port))
  t.same(ports.sort(), [port, port + 1])
  const taken = await startDemo(t, { WORKERS: '2', HOST: '127.0.0.2', PORT: String(port - 1) }).ended
  t.match(taken, { exitCode: 1, stderr: `Port ${port} is taken on 127.0.0.2: stop what uses it, or choose another with PORT.\n` })
})

for (const [name, value, range] of [
  ['PORT', 'abc', '0 to 65535'], ['PORT', '65536', '0 to 65535'], ['PORT', '-1', '0 to 65535'], ['PORT', '', '0 to 65535'],
  ['WORKERS', '0', '1 to 64'], ['DRAIN_SECONDS', 'soon', '0 to 86400']
] as const) {
  t.test(`npm start with ${name}=${value} says what it expected and exits with 1`, async t => {
    const result = await startDemo(t, { [name]: value }).ended
    t.match(result, { exitCode: 1, stdout: '', stderr: `${name}: expected a number from ${range}, found "${value}".\n` })
  })
}

/** A port of the address on which somebody else listens until the test ends. */
async function takeTcpPort (t: Test, host: string): Promise<string> {
  const server = createServer().listen(0, host)
  t.teardown(() => { server.close() })
  await once(server, 'listening')
  return String((server.address() as AddressInfo).port)
}

/** Settles when nobody listens any more. */
async function refused (host: string, port: number): Promise<void> {
  for (let end = performance.now() + 5000; performance.now() < end;) {
    const isRefused = await new Promise<boolean>(resolve => {
      const socket = connect(port, host, () => { socket.destroy() })
      socket.on('error', () => resolve(true)).on('close', () => resolve(false))
    })
    if (isRefused) return
  }
  throw new Error('expected the server to stop listening')
}

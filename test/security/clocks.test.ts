import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import ts from 'typescript'
import { connect } from '../helpers/handshake.js'
import { createServer } from '../helpers/server.js'

const HOUR = 3_600_000

for (const [name, shift] of [['forwards', HOUR], ['back', -HOUR]] as const) {
  t.test(`the clock of the host jumps an hour ${name} -> no connection ends of it, and those that end by time end when they should`, async t => {
    const server = await createServer(t, { timeToConnected: 1500, timeToReconnected: 1500 })
    const started = performance.now()
    const pending = await server.createConnection()
    const { connection: connected } = await connect(t, server)
    const { connection: lost, farEnd } = await connect(t, server)
    await farEnd.close()
    await server.state(lost.id, 'disconnected')

    const { now } = Date
    t.intercept(Date, 'now', { value: () => now() + shift })
    t.ok(Math.abs(Date.now() - now() - shift) < 1000)
    await new Promise(setImmediate)
    t.equal(server.connections.size, 3)
    await server.state(pending.id, 'closed: timeout')
    const elapsed = performance.now() - started
    t.ok(elapsed >= 1495 && elapsed < 5000, `closed after ${Math.round(elapsed)} ms`)
    await server.state(lost.id, 'closed: peer')
    t.strictSame(server.connections.getConnections().map(({ id }) => id), [connected.id])
    t.equal((await server.request('POST', '/connections')).statusCode, 201)
  })
}

/** Another machine reads until when the credentials are good. */
const BY_THE_CLOCK = ['plugin/connections/turn-credentials.ts']

t.test('plugin/ -> its sources -> know no clock that can be set, but for what is for another machine', async t => {
  const paths = readdirSync('plugin', { recursive: true, encoding: 'utf8' }).map(name => join('plugin', name)).filter(path => path.endsWith('.ts'))
  t.ok(paths.length > 20)
  t.strictSame(paths.flatMap(path => namesIn(path).filter(name => name === 'Date').map(() => path)), BY_THE_CLOCK)
})

/** Every identifier of the file, comments and texts aside. */
function namesIn (path: string): string[] {
  const names: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) names.push(node.text)
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest))
  return names
}

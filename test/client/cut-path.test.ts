import t from 'tap'
import { startChild } from '../helpers/child.js'
import { hasNamespaces, Namespaces } from '../helpers/namespaces.js'

t.setTimeout(200_000)

if (!hasNamespaces()) {
  t.pass('Only root may make the network that it needs, with iproute2 and nftables: no path has been cut')
} else {
  t.test('a path that is cut for 5 and for 60 seconds, in Chromium, by the default of every option -> the connection is back, and what the server counts for it goes on', async t => {
    const namespaces = new Namespaces(t)
    const [here, there] = [namespaces.add('client'), namespaces.add('server')]
    namespaces.link({ namespace: here, device: 'client', addresses: ['10.0.1.1/24'] }, { namespace: there, device: 'server', addresses: ['10.0.1.2/24'] })
    const server = startChild('test/browser/counting-server.ts', { args: ['3000', '10.0.1.2'], namespace: there, deadline: 190_000 })
    t.teardown(() => { server.process.kill('SIGKILL') })
    const origin = await server.line(30_000)
    const child = startChild(new URL('cut-path.ts', import.meta.url), { args: [origin, '5', '60'], namespace: here, deadline: 180_000 })
    const { stdout, stderr, exitCode } = await child.ended
    t.equal(exitCode, 0, stderr)
    const cuts = JSON.parse(stdout)
    t.equal(cuts.length, 2)
    for (const { seconds, before, count, events, back } of cuts) {
      t.comment(`${seconds} s: back after ${back} ms, ${events.join(', ')}`)
      t.ok(count > before, `${before}, then ${count}`)
      t.notOk(events.some((event: string) => /^closed|true$/.test(event)), 'never closed, never forgotten')
    }
    t.ok(cuts[1].events.includes('reconnected false'))
  })
}

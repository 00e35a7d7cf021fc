/**
 * Requests a second, by autocannon: GET /connections/{id} and POST /connections of this plugin, beside bare Fastify routes with the
 * same schemas and payloads. One server, in a process of its own; the two take turns.
 *
 *   npm run bench:requests -- [--rounds 5] [--seconds 3] [--connections 10]
 */
import { parseArgs } from 'node:util'
import autocannon from 'autocannon'
import { startChild } from '../test/helpers/child.js'
import { report, type Rows } from './report.js'
import { percentile } from './statistics.js'

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '3' }, connections: { type: 'string', default: '10' } } })
const server = startChild(new URL('servers/requests.ts', import.meta.url), { deadline: 840_000 })
const url = await server.line()
const created = await (await fetch(`${url}/lasting/connections`, { method: 'POST' })).json() as { id: string }
const connection = await (await fetch(`${url}/lasting/connections/${created.id}`)).text()
await fetch(`${url}/bare/connections`, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: connection })

const rows: Rows = {
  ...await compare('GET /connections/{id}', 'GET', { 'fastify-webrtc': `/lasting/connections/${created.id}`, 'bare route': `/bare/connections/${created.id}` }),
  ...await compare('POST /connections', 'POST', { 'fastify-webrtc': '/plugin/connections', 'bare route': '/bare/connections' })
}
report('requests', 'Requests a second', rows)
server.process.stdin!.end()
await server.ended

/** The last of the paths is the reference. */
async function compare (title: string, method: 'GET' | 'POST', paths: Record<string, string>): Promise<Rows> {
  const results: Record<string, autocannon.Result[]> = {}
  for (let round = 0; round <= Number(values.rounds); round++) {
    for (const [name, path] of Object.entries(paths)) {
      const result = await autocannon({ url: `${url}${path}`, method, connections: Number(values.connections), duration: Number(values.seconds) })
      // The first round warms the server up.
      if (round > 0) (results[name] ??= []).push(result)
    }
  }
  const rateOf = (of: autocannon.Result[]) => percentile(of.map(({ requests }) => requests.average), 50)
  const reference = rateOf(Object.values(results).at(-1)!)
  return Object.fromEntries(Object.entries(results).map(([name, of]) => [`${title}, ${name}`, {
    'a second': Math.round(rateOf(of)),
    'of the reference': (rateOf(of) / reference).toFixed(2),
    'p50 ms': percentile(of.map(({ latency }) => latency.p50), 50),
    'p99 ms': percentile(of.map(({ latency }) => latency.p99), 50),
    'not 2xx': of.reduce((sum, { non2xx, errors }) => sum + non2xx + errors, 0)
  }]))
}

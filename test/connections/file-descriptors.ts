/** Makes connections in both directions until the process has no file descriptor left for another, then makes room and goes on. Writes what was answered. */
import type { WebRtcConnection, WebRtcError } from '../../plugin/index.js'
import { description } from '../helpers/descriptions.js'
import { closeServer, TestServer } from '../helpers/server.js'

const ATTEMPTS = 500

const server = new TestServer({ maxPendingConnections: ATTEMPTS, maxPendingConnectionsPerAddress: ATTEMPTS })
await server.app.ready()
const remoteDescription = description('chromium-offer')
const ask = (index: number) => server.request<WebRtcConnection & WebRtcError>('POST', '/connections', index % 2 ? { remoteDescription } : undefined)

const ids: string[] = []
const refused: { offers: boolean, statusCode: number, code?: string }[] = []
for (let index = 0; index < ATTEMPTS && refused.length < 4; index++) {
  const { statusCode, json } = await ask(index)
  if (statusCode === 201) ids.push(json.id)
  else refused.push({ offers: index % 2 === 1, statusCode, code: json.code })
}
const connections = server.connections.getConnections()
for (const id of ids) await server.request('DELETE', `/connections/${id}`)
await Promise.all(connections.map(connection => connection.released))
const after = [(await ask(0)).statusCode, (await ask(1)).statusCode]
await closeServer(server)

console.log(JSON.stringify({ created: ids.length, size: connections.length, refused, after, errors: [...new Set(server.errors())] }))

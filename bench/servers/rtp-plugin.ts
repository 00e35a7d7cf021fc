/** The examples broadcaster and viewer, in a process of their own, without HTTP. Its argument is the address to bind. */
import * as broadcaster from '../../examples/broadcaster/server.js'
import * as viewer from '../../examples/viewer/server.js'
import type { HookContext } from '../../plugin/index.js'
import { ConnectionManager } from './compiled.js'
import { serveRtp } from './rtp-server.js'
import { UNLIMITED } from './unlimited.js'

const [bindAddress = ''] = process.argv.slice(2)
const broadcasts = new ConnectionManager({ ...UNLIMITED, bindAddress })
const views = new ConnectionManager({ ...UNLIMITED, bindAddress, ...viewer.connectionOptions })

serveRtp({
  async broadcast (sdp) {
    const { localDescription } = await broadcasts.createConnection({
      remoteDescription: { type: 'offer', sdp },
      hook: (peerConnection, connection) => broadcaster.beforeAnswer(peerConnection, { connection } as HookContext)
    })
    return localDescription!.sdp
  },
  async view () {
    const { id, localDescription } = await views.createConnection({ hook: viewer.beforeOffer })
    return { id, sdp: localDescription!.sdp }
  },
  async answer (id, sdp) { await views.getConnection(id)!.setRemoteDescription({ type: 'answer', sdp }) }
})

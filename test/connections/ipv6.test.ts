import { networkInterfaces } from 'node:os'
import t from 'tap'
import type { ConnectionManagerOptions } from '../../plugin/index.js'
import { createFarEnd } from '../helpers/handshake.js'
import { withoutCandidates } from '../helpers/native-peer.js'
import { createServer } from '../helpers/server.js'
import { freePort } from '../helpers/udp-port.js'

const CONFIGURATIONS: Record<string, () => Promise<ConnectionManagerOptions>> = {
  'a port for each peer': async () => ({}),
  'one UDP port': async () => ({ udpPort: await freePort('::1') })
}

if (!Object.values(networkInterfaces()).flat().some(address => address?.address === '::1')) {
  t.pass('This host has no IPv6: it has not been tested')
} else {
  for (const [name, configure] of Object.entries(CONFIGURATIONS)) {
    t.test(`POST /connections of a server on ::1 with ${name}, in both directions -> connects`, async t => {
      const server = await createServer(t, { bindAddress: '::1', ...await configure() })
      const offered = await server.createConnection()
      t.match(offered.localDescription!.sdp.match(/^a=candidate:.*$/gm), [/ UDP \d+ ::1 \d+ typ host/])
      const [answering, offering] = [createFarEnd(t, { bindAddress: '::1' }), createFarEnd(t, { bindAddress: '::1' })]
      await server.setRemoteDescription(offered.id, answering.answer(withoutCandidates(offered.localDescription!.sdp)))
      answering.addCandidates(offered.localDescription!.sdp)
      const answered = await server.createConnection({ type: 'offer', sdp: withoutCandidates(offering.offer()) })
      offering.applyAnswer(answered.localDescription!.sdp)
      await Promise.all([server.state(offered.id, 'connected'), answering.connected(), server.state(answered.id, 'connected'), offering.connected()])
    })
  }
}

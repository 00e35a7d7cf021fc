/** Runs in the page: each flow connects once and answers with the milliseconds from the first call to the first message back. */
import { ConnectionClient } from '../generated-client/index.js'

type Flow = () => Promise<number>

declare global {
  interface Window {
    flows: Record<string, Flow>
    gc?: () => void
  }
}

const client = new ConnectionClient({ baseUrl: '/bench' })

window.flows = {
  /** Two peers in this page, with trickle: what the browser itself needs. */
  async 'in one page' () {
    const start = performance.now()
    const [near, far] = [new RTCPeerConnection(), new RTCPeerConnection()]
    near.onicecandidate = ({ candidate }) => { far.addIceCandidate(candidate ?? undefined) }
    far.onicecandidate = ({ candidate }) => { near.addIceCandidate(candidate ?? undefined) }
    far.ondatachannel = ({ channel }) => { channel.onmessage = ({ data }) => channel.send(data) }
    const back = firstMessageBack(near.createDataChannel('bench'))
    await near.setLocalDescription()
    await far.setRemoteDescription(near.localDescription!)
    await far.setLocalDescription()
    await near.setRemoteDescription(far.localDescription!)
    await back
    return finish(start, near, far)
  },

  async 'client offers' () {
    const start = performance.now()
    let back: Promise<void> | undefined
    const peerConnection = await client.createConnection({
      beforeOffer (peerConnection) { back = firstMessageBack(peerConnection.createDataChannel('bench')) }
    })
    await back
    return finish(start, peerConnection)
  },

  async 'server offers' () {
    const start = performance.now()
    let back: Promise<void> | undefined
    const peerConnection = await client.createConnection({
      beforeAnswer (peerConnection) { back = firstMessageBack(peerConnection.createDataChannel('bench', { negotiated: true, id: 0 })) }
    })
    await back
    return finish(start, peerConnection)
  }
}

function firstMessageBack (channel: RTCDataChannel): Promise<void> {
  return new Promise(resolve => {
    channel.onopen = () => channel.send('ping')
    channel.onmessage = () => resolve()
  })
}

function finish (start: number, ...peerConnections: RTCPeerConnection[]): number {
  const duration = performance.now() - start
  for (const peerConnection of peerConnections) peerConnection.close()
  return duration
}

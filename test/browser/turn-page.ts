/** Runs in the page of turn.test.ts. */
import { ConnectionClient, type CreateConnectionOptions } from '../../generated-client/index.js'

declare global {
  interface Window {
    /** Connects by relays alone and waits for an echo: the type of this end's candidate. */
    connectByRelay (direction: keyof typeof DIRECTIONS): Promise<string>
    /** The candidates of a peer that may only relay. */
    gatherRelays (iceServer: RTCIceServer): Promise<string[]>
  }
}

type Echo = (peerConnection: RTCPeerConnection) => void

const DIRECTIONS = {
  'the client offers': (echo: Echo): CreateConnectionOptions => ({ beforeOffer: echo }),
  'the server offers': (echo: Echo): CreateConnectionOptions => ({ beforeAnswer: echo })
}

const client = new ConnectionClient({ baseUrl: '/echo', configuration: { iceTransportPolicy: 'relay' }, iceServers: 'server' })

window.connectByRelay = async direction => {
  let echoed: Promise<unknown> | undefined
  const peerConnection = await client.createConnection(DIRECTIONS[direction](peerConnection => {
    const channel = peerConnection.createDataChannel('echo', { negotiated: true, id: 0 })
    channel.onopen = () => channel.send('hello')
    echoed = new Promise(resolve => { channel.onmessage = resolve })
  }))
  await echoed
  const { local } = peerConnection.sctp!.transport.iceTransport.getSelectedCandidatePair()!
  peerConnection.close()
  return local!.type!
}

window.gatherRelays = async iceServer => {
  const peerConnection = new RTCPeerConnection({ iceServers: [iceServer], iceTransportPolicy: 'relay' })
  peerConnection.createDataChannel('')
  const candidates: string[] = []
  const gathered = new Promise<void>(resolve => {
    peerConnection.onicecandidate = ({ candidate }) => {
      if (candidate?.candidate) candidates.push(candidate.candidate)
      if (!candidate) resolve()
    }
  })
  await peerConnection.setLocalDescription()
  await gathered
  peerConnection.close()
  return candidates
}

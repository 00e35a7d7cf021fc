/** Runs in the page of stats.test.ts. */
import { ConnectionClient } from '../../generated-client/index.js'

export interface PageStats {
  channels: RTCDataChannelStats[]
  pair: { localCandidate: IceCandidateStats, remoteCandidate: IceCandidateStats, currentRoundTripTime?: number }
}

/** https://www.w3.org/TR/webrtc-stats/#icecandidate-dict* of which TypeScript has no type. */
interface IceCandidateStats {
  address: string
  port: number
  protocol: string
  candidateType: string
}

interface RTCDataChannelStats extends RTCStats {
  label: string
  protocol: string
  dataChannelIdentifier: number
  state: RTCDataChannelState
  messagesSent: number
  bytesSent: number
  messagesReceived: number
  bytesReceived: number
}

declare global {
  interface Window {
    /** Connects, has each message of so many bytes echoed over a channel of the server's and over one of the page's, and reads the page's statistics. */
    echoAndReadStats (sizes: number[]): Promise<PageStats>
  }
}

window.echoAndReadStats = async sizes => {
  const client = new ConnectionClient({ baseUrl: '/echo' })
  const channels: RTCDataChannel[] = []
  const peerConnection = await client.createConnection({
    beforeAnswer (peerConnection) {
      channels.push(peerConnection.createDataChannel('echo', { negotiated: true, id: 0 }), peerConnection.createDataChannel('of the page', { protocol: 'echo' }))
    }
  })
  for (const channel of channels) await echo(channel, sizes)
  const report = await peerConnection.getStats()
  const all = [...report.values()]
  const { selectedCandidatePairId } = all.find(({ type }) => type === 'transport')
  const { localCandidateId, remoteCandidateId, currentRoundTripTime } = report.get(selectedCandidatePairId)
  return {
    channels: all.filter(({ type }) => type === 'data-channel'),
    pair: { localCandidate: report.get(localCandidateId), remoteCandidate: report.get(remoteCandidateId), currentRoundTripTime }
  }
}

async function echo (channel: RTCDataChannel, sizes: number[]): Promise<void> {
  if (channel.readyState !== 'open') await new Promise(resolve => { channel.onopen = resolve })
  for (const size of sizes) {
    const echoed = new Promise(resolve => { channel.onmessage = resolve })
    channel.send(new Uint8Array(size))
    await echoed
  }
}

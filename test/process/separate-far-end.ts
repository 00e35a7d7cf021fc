import type { PeerConnection } from '../../plugin/peer/peer-connection.js'
import { startChild, type RunningChild } from '../helpers/child.js'
import { withoutCandidates } from '../helpers/native-peer.js'
import { untilState } from '../helpers/peers.js'
import type { FarEndCommand } from './far-end.js'

export interface SeparateFarEnd extends RunningChild {
  command (command: FarEndCommand): void
}

/** Connects the peer to a far end in a process of its own. */
export async function connectSeparateFarEnd (peerConnection: PeerConnection): Promise<SeparateFarEnd> {
  const child = startChild(new URL('far-end.ts', import.meta.url))
  const command = (command: FarEndCommand) => child.write(JSON.stringify(command))
  peerConnection.setLocalDescription()
  const { sdp } = peerConnection.localDescription!
  command({ offer: withoutCandidates(sdp) })
  peerConnection.setRemoteDescription({ type: 'answer', sdp: JSON.parse(await child.line()) })
  command({ candidates: sdp })
  await untilState(peerConnection, 'connected')
  return { ...child, command }
}

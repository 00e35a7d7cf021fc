import { withoutIceCandidates } from './ice-candidates.js'
import { DEFAULT_PEER_LIMITS } from './limits.js'
import { PeerConnection } from './peer-connection.js'

export interface LivenessOptions {
  /** How long the two may take to connect, in milliseconds. Default 1500. A native side that is frozen may take 10 seconds more to close them. */
  timeout?: number
}

/**
 * Shows that the native side is alive: two peers of its own connect on 127.0.0.1, one sends the other a message, and both
 * close. It takes about 55 ms, and 7 ms of CPU time.
 *
 * Rejects with a TimeoutError when they do not get there, and with what the native library throws when a peer cannot be
 * made, for instance when no file descriptor is left. A frozen native side can also block the JavaScript thread, in this
 * function or anywhere else: only another process can notice that.
 */
export async function checkLiveness ({ timeout = 1500 }: LivenessOptions = {}): Promise<void> {
  const peers: PeerConnection[] = []
  let timer: NodeJS.Timeout | undefined
  try {
    await new Promise<void>((resolve, reject) => {
      timer = setTimeout(reject, timeout, new DOMException(`expected two native peers to connect within ${timeout} ms`, 'TimeoutError'))
      const [caller, callee] = [0, 1].map(() => new PeerConnection({ ...DEFAULT_PEER_LIMITS, bindAddress: '127.0.0.1' }, reject)) as [PeerConnection, PeerConnection]
      peers.push(caller, callee)
      const channel = caller.createDataChannel('', { negotiated: true, id: 0 })
      channel.onopen = () => channel.send('alive')
      callee.createDataChannel('', { negotiated: true, id: 0 }).onmessage = () => resolve()
      connect(caller, callee)
    })
  } finally {
    clearTimeout(timer)
    await Promise.all(peers.map(peer => peer.release()))
  }
}

/** Without candidates in the offer: when the callee's checks overtake the answer, the handshake takes a second, or fails. */
function connect (caller: PeerConnection, callee: PeerConnection): void {
  caller.setLocalDescription()
  const { type, sdp } = caller.localDescription!
  callee.setRemoteDescription({ type, sdp: withoutIceCandidates(sdp) })
  callee.setLocalDescription()
  caller.setRemoteDescription(callee.localDescription!)
}

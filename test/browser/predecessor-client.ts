/**
 * A client as it was written for the REST signaling of node-webrtc-examples: it asks for an offer, answers with every
 * candidate, and deletes what it closes. It knows nothing of this project.
 */
export async function connectAsPredecessor (prefix: string, beforeAnswer: (peerConnection: RTCPeerConnection) => void): Promise<RTCPeerConnection> {
  const created = await fetch(`${prefix}/connections`, { method: 'POST' })
  const remotePeerConnection = await created.json()
  const { id } = remotePeerConnection

  const peerConnection = new RTCPeerConnection()
  peerConnection.close = function (...args) {
    fetch(`${prefix}/connections/${id}`, { method: 'delete' }).catch(() => {})
    return RTCPeerConnection.prototype.close.apply(this, args)
  }

  try {
    await peerConnection.setRemoteDescription(remotePeerConnection.localDescription)
    beforeAnswer(peerConnection)
    await peerConnection.setLocalDescription(await peerConnection.createAnswer())
    await gatheringComplete(peerConnection)
    const answered = await fetch(`${prefix}/connections/${id}/remote-description`, {
      method: 'POST',
      body: JSON.stringify(peerConnection.localDescription),
      headers: { 'Content-Type': 'application/json' }
    })
    if (!answered.ok) throw new Error(await answered.text())
    return peerConnection
  } catch (error) {
    peerConnection.close()
    throw error
  }
}

function gatheringComplete (peerConnection: RTCPeerConnection): Promise<void> {
  return new Promise(resolve => {
    const check = () => { if (peerConnection.iceGatheringState === 'complete') resolve() }
    peerConnection.addEventListener('icegatheringstatechange', check)
    check()
  })
}

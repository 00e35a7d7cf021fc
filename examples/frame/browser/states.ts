import { byId } from './element.js'

const INTERVAL = 1000

/** Shows the states of a peer and the candidate pair it uses until the signal aborts. */
export function showStates (peerConnection: RTCPeerConnection, signal: AbortSignal): void {
  const update = async () => {
    byId('connection-state').textContent = peerConnection.connectionState
    byId('ice-state').textContent = peerConnection.iceConnectionState
    const pair = await readCandidatePair(peerConnection)
    if (!signal.aborted) byId('candidate-pair').textContent = pair
  }
  const clear = () => {
    clearInterval(timer)
    for (const id of ['connection-state', 'ice-state', 'candidate-pair']) byId(id).textContent = '–'
  }
  for (const type of ['connectionstatechange', 'iceconnectionstatechange']) peerConnection.addEventListener(type, update, { signal })
  // The pair may change, and no event says so in every browser.
  const timer = setInterval(update, INTERVAL)
  signal.addEventListener('abort', clear)
  update()
}

type Stats = Record<string, string | number | boolean | undefined>

/** The pair in use, from this end to the server's. */
async function readCandidatePair (peerConnection: RTCPeerConnection): Promise<string> {
  const stats = new Map<string, Stats>(await peerConnection.getStats() as unknown as Map<string, Stats>)
  const all = [...stats.values()]
  const transport = all.find(({ type }) => type === 'transport')
  const pair = stats.get(String(transport?.selectedCandidatePairId)) ?? all.find(({ type, selected }) => type === 'candidate-pair' && selected)
  if (!pair) return '–'
  const [local, remote] = [pair.localCandidateId, pair.remoteCandidateId].map(id => stats.get(String(id)) ?? {})
  return `${describeCandidate(local!)} ↔ ${describeCandidate(remote!)}, ${String(local!.protocol).toUpperCase()}`
}

/** Browsers keep some addresses to themselves. */
function describeCandidate ({ address, port, candidateType }: Stats): string {
  return `${candidateType} ${address ? `${String(address).includes(':') ? `[${address}]` : address}:${port}` : `port ${port}`}`
}

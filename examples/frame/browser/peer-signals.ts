/** A signal for each peer of a run: it aborts when the next is asked for, or when the run ends. */
export function peerSignals (run: AbortSignal): () => AbortSignal {
  let peer: AbortController | undefined
  return () => {
    peer?.abort()
    peer = new AbortController()
    return AbortSignal.any([run, peer.signal])
  }
}

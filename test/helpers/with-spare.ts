/**
 * How to connect, made a second time the first time that it fails: where the far end begins DTLS, libdatachannel fails one handshake
 * in some ten thousand (docs/upstream/libdatachannel-early-client-hello.md), at which `ConnectionClient.connect` tries again by itself.
 */
export function withSpare (connect: () => Promise<void>): () => Promise<void> {
  let hasSpare = true
  return () => connect().catch(error => {
    if (!hasSpare) throw error
    hasSpare = false
    return connect()
  })
}

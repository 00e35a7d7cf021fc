/** No echo, of a peer that was not connected, as far as the error says. */
const NOT_CONNECTED = /\becho within \d+ ms(?!: connected)/

/**
 * How to connect, with one more attempt for the first that gets no connected peer: where the far end begins DTLS, one in some ten
 * thousand does not (docs/upstream/libdatachannel-early-client-hello.md), and `ConnectionClient.connect` tries again by itself.
 */
export function withSpare (connect: () => Promise<void>): () => Promise<void> {
  let hasSpare = true
  return () => connect().catch(error => {
    if (!hasSpare || !NOT_CONNECTED.test(String(error))) throw error
    hasSpare = false
    return connect()
  })
}
